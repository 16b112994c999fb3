"""What a message says of a recording, and whether the recording may be kept.

1. Nothing is noted while the owner has not switched recordings on.
2. It may be kept only if the provider told that this caller was told of it, or the company says so of the number that
   was called, since before the call. Until then neither the sound nor a word of it comes in.
3. It is fetched once the call is known to be ours, and never of a lead that is spam.
4. Messages may come twice and in any order: each recording is one row, and each message looks at the rule again.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls import queries
from app.calls.models import Call, CallSettings
from app.calls.recordings.models import CallRecording
from app.core.clock import utc_now
from app.core.queue import ring_after_commit
from app.integrations.telephony.news import RecordingNews
from app.leads.models import Lead

QUEUE, JOB = "slow", "app.calls.recordings.jobs.fetch_due"
_OPEN = ("heard", "refused")


def hear(session: Session, call: Call, news: RecordingNews | None, settings: CallSettings) -> None:
    """Note what was told, and decide anew about each recording of the call that is not decided for good."""
    if not settings.keeps_recordings:
        return
    announced_by = _announced_by(session, call)
    known = select(CallRecording).where(CallRecording.call_id == call.id).with_for_update()
    rows = {row.external_id: row for row in session.scalars(known)}
    if news is not None and news.external_id not in rows:
        row = CallRecording(call_id=call.id, provider=call.provider, external_id=news.external_id)
        rows[news.external_id] = row
        session.add(row)
    if news is not None:
        _tell(rows[news.external_id], news, is_announced=bool(announced_by))
    for row in rows.values():
        _decide(session, row, call, announced_by)
    session.flush()


def _tell(row: CallRecording, news: RecordingNews, *, is_announced: bool) -> None:
    """Add what this message says; what was said before is not unsaid."""
    row.remote_url, row.account = news.url or row.remote_url or "", news.account or row.account or ""
    row.seconds = news.seconds if news.seconds is not None else row.seconds
    if news.transcript and is_announced and row.state != "deleted":
        row.transcript = news.transcript


def _decide(session: Session, row: CallRecording, call: Call, announced_by: str) -> None:
    if (row.state or "heard") not in _OPEN or not call.direction or _is_spam(session, call):
        return
    row.announced_by = announced_by
    if not announced_by:
        row.state, row.problem = "refused", "not_announced"
    elif row.remote_url:
        row.state, row.problem, row.due_at, row.attempts = "due", "", utc_now(), 0
        ring_after_commit(session, QUEUE, JOB)


def _announced_by(session: Session, call: Call) -> str:
    if call.announced_at is not None:
        return "provider"
    ours = call.caller if call.direction == "outbound" else call.called
    number = queries.number(session, ours) if ours else None
    since = number.announced_since if number else None
    return "number" if since is not None and since <= call.started_at else ""


def _is_spam(session: Session, call: Call) -> bool:
    return bool(call.lead_id and session.scalar(select(Lead.is_spam).where(Lead.id == call.lead_id)))
