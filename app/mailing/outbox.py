"""Posting mail: a row in the caller's transaction, so that it leaves when the change is committed and never otherwise.

pending ─claim─▶ sending ─the server took it─▶ sent
   ▲                │ not now      │ never, or tried for two days
   └────────────────┘              └─▶ failed

A worker may die after the server took the mail and before that is written down; then it is sent again, with the same
Message-ID, which mail programs show once.
"""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core import tenancy, words
from app.core.clock import utc_now
from app.core.queue import ring_after_commit
from app.mailing.models import Mail

JOB = "app.mailing.jobs.send_due"
TRY_FOR = timedelta(days=2)
"""How long a server may say "later" before Leader gives up."""
_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 3600.0


def post(
    session: Session, template: str, *, to: str, language: str = "", unsubscribe: str = "", **values: Any
) -> uuid.UUID:
    """Put a mail into the outbox: the texts `templates/email/<template>.txt` and `.html`, filled with `values`.

    It is written in `language`, that of the person it goes to, or else of whoever acts now. `values` are plain JSON;
    they may come from strangers, and are escaped where they are shown. Addresses of our own pages are given as paths:
    the letter puts BASE_URL in front. `unsubscribe` is the path that ends optional mail of this kind for this person.
    The mail belongs to the company that the session serves, if any.
    """
    language = language or words.language()
    mail = Mail(template=template, recipient=to, language=language, unsubscribe=unsubscribe, values=values)
    return _add(session, mail)


def post_private(session: Session, template: str, *, to: str, **values: Any) -> uuid.UUID:
    """The same, and the mail belongs to nobody but its reader: the company that the session serves does not see it."""
    mail = Mail(template=template, recipient=to, language=words.language(), unsubscribe="", values=values)
    return _add(session, mail, is_private=True)


def feign(session: Session, template: str, *, to: str, language: str = "", **_values: Any) -> uuid.UUID:
    """The same work as posting, and nothing is sent: where the time must not tell whether an address is known. It
    counts as a mail to the address."""
    mail = Mail(template=template, recipient=to, language=language or words.language(), state="failed", reason="nobody")
    mail.settled_at = utc_now()
    return _add(session, mail)


def _add(session: Session, mail: Mail, *, is_private: bool = False) -> uuid.UUID:
    if not is_private and tenancy.serves_a_company(session):
        mail.company_id = tenancy.company_of(session)
    session.add(mail)
    session.flush()
    ring_after_commit(session, "default", JOB)
    return mail.id


def pause_before_retry(attempts: int) -> timedelta:
    """Full jitter: anything up to 30 × 2^attempts seconds and an hour."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(attempts, 12))
    return timedelta(seconds=random.uniform(1, longest))  # noqa: S311 - spreads load, guards nothing


def is_tried_enough(created_at: datetime) -> bool:
    return utc_now() - created_at > TRY_FOR
