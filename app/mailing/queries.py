"""What a company sees of its own mail: to whom, of which kind, and what became of it; never what it said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import tenancy
from app.mailing.models import Mail

_SHOWN = 100


@dataclass(frozen=True)
class SentMail:
    template: str
    recipient: str
    state: str
    reason: str
    created_at: datetime


def newest(session: Session) -> list[SentMail]:
    """The served company's last hundred mails, the newest first."""
    columns = (Mail.template, Mail.recipient, Mail.state, Mail.reason, Mail.created_at)
    mine = Mail.company_id == tenancy.company_of(session)
    rows = session.execute(select(*columns).where(mine).order_by(Mail.id.desc()).limit(_SHOWN))
    return [SentMail(*row) for row in rows]
