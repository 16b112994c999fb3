"""What workers do for reports."""

from app.core import tenancy
from app.core.db import db
from app.reports import counting, gates

MOST_COMPANIES = 20
MOST_DAYS = 50
"""In one job; the rest is due at the next bell."""


def recount_due() -> None:
    """Count the days that changes have left due."""
    for company_id in gates.companies_with_days_due(db.session(), MOST_COMPANIES):
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        counting.recount(db.session(), most=MOST_DAYS)
        db.session.commit()
