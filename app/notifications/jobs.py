"""Periodic work: digests, and forgetting old notifications."""

from app.core import tenancy
from app.core.db import db
from app.notifications import digests, gates

MOST = 200
"""Digests in one job; the rest is due at the next bell."""


def send_digests() -> None:
    """Post the digests that are due, each in a transaction of its own."""
    for subscriber in gates.due_digests(db.session(), MOST):
        db.session.remove()
        tenancy.serve(db.session(), subscriber.company_id)
        digests.send(db.session(), subscriber.user_id)
        db.session.commit()


def purge() -> None:
    """Forget notifications whose retention has passed."""
    gates.purge(db.session())
    db.session.commit()
