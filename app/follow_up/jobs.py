"""What workers do for following up."""

from app.core import tenancy
from app.core.db import db
from app.follow_up import gates, tasks

MOST = 50
"""Companies in one job; the rest is due at the next bell."""


def remind_of_tasks() -> None:
    """Tell of the tasks whose time has come."""
    for company_id in gates.companies_with_due_tasks(db.session(), MOST):
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        tasks.remind(db.session())
        db.session.commit()
