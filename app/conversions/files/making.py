"""The last resort: files for the upload page of Google Ads, when nothing can be sent by itself.

1. A file is for one ad account and of one kind: conversions with a click id, conversions with e-mail and phone as a
   hash alone, or changes of conversions that Google has (Google takes a conversion back by file, and only so).
2. Nothing goes into a file that a sending would not take; each conversion stands in one kind alone.
3. The order id is the transaction id of the sending. So a conversion that is both sent and uploaded counts once.
4. A cell that a spreadsheet would take for a formula is never altered, since Google would take it as it stands: the
   conversion is left out.
5. Making a file is noted on each receipt. Only when a member says that it was uploaded are its conversions set aside,
   so that Leader does not send them as well.
"""

import csv
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.connections.models import AdAccount, ConversionAction
from app.conversions import outbox, standing
from app.conversions.files.rows import HEADINGS, PARAMETERS, change_row, kind_of, row
from app.conversions.models import ConversionFile, ConversionMapping, ConversionUpload, ReceiptEntry
from app.conversions.receipts import UPLOADED_AS_FILE
from app.conversions.verdict_words import VERDICTS
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.spreadsheets import guarded
from app.core.words import gettext as _

MOST = 500
"""So many conversions stand in one file; the next file brings the next ones."""
_UNSENT = ("pending", "waiting", "held", "rejected", "parked")
_HOPELESS = [reason for reason, verdict in VERDICTS.items() if verdict.kind in ("final", "neutral")]
"""Refused for a reason that another way of telling does not change."""
_CHANGES = {
    "STAGE_REOPENED": "RETRACT",
    "SPAM_LEAD": "RETRACT",
    "VALUE_CHANGED": "RESTATE",
    "STAGE_REACHED_AGAIN": "RESTATE",
}
_CHANGED_FOR = timedelta(days=54)
"""So long after it happened Google changes a conversion."""


@dataclass(frozen=True)
class Ready:
    """What could be put into a file now."""

    kind: str
    customer_id: str
    account: str
    number: int


@dataclass(frozen=True)
class _Candidate:
    """A conversion, the file that it belongs into, and its line there."""

    upload: ConversionUpload
    account: AdAccount
    kind: str
    cells: list[str]


def ready(session: Session) -> list[Ready]:
    """For each account and kind with something in it, how many; at most MOST are looked at for each account."""
    found: dict[tuple[str, str], list[_Candidate]] = {}
    for candidate in _candidates(session):
        key = (candidate.account.conversion_customer_id, candidate.kind)
        found.setdefault(key, []).append(candidate)
    return [Ready(kind, number, each[0].account.name, len(each)) for (number, kind), each in sorted(found.items())]


def make(session: Session, kind: str, customer_id: str, *, actor: Actor) -> ConversionFile:
    """Note on every receipt that it stands in this file. Raises InvalidInputError when there is nothing for it."""
    chosen = [each for each in _candidates(session) if (each.kind, _owner(each)) == (kind, customer_id)]
    if not chosen:
        raise InvalidInputError(_("There is nothing to put into this file any more."))
    file = ConversionFile(
        kind=kind,
        customer_id=customer_id,
        account=chosen[0].account.name,
        upload_ids=[str(each.upload.id) for each in chosen],
        made_by_name=actor.name,
    )
    session.add(file)
    session.flush()
    for each in chosen:
        outbox.add_entry(session, each.upload.id, "filed", by=actor.name)
    return file


def content(session: Session, file: ConversionFile) -> str:
    """The file as Google's template has it, of what may still be told. The same at each download, but for leads that
    are gone."""
    out = io.StringIO()
    out.write(PARAMETERS)
    writer = csv.writer(out)
    writer.writerow(HEADINGS[file.kind])
    for candidate in _lines(session, file):
        writer.writerow(candidate.cells)
    return out.getvalue()


def confirm(session: Session, file_id: uuid.UUID, *, actor: Actor) -> ConversionFile:
    """A member uploaded the file: its conversions are not sent as well. Twice is once. Raises NotFoundError."""
    file = find(session, file_id, for_change=True)
    if file.uploaded_at is not None:
        return file
    file.uploaded_at, file.uploaded_by_name = utc_now(), actor.name
    wanted = [line.upload.id for line in _lines(session, file)]
    outbox.move_open(
        session, None, ConversionUpload.id.in_(wanted), from_states=_UNSENT, state="parked", reason=UPLOADED_AS_FILE
    )
    moved = ConversionUpload.reason == UPLOADED_AS_FILE
    for upload_id in session.scalars(select(ConversionUpload.id).where(ConversionUpload.id.in_(wanted), ~moved)):
        outbox.add_entry(session, upload_id, "file_uploaded", by=actor.name)
    return file


def find(session: Session, file_id: uuid.UUID, *, for_change: bool = False) -> ConversionFile:
    """Raises NotFoundError, also for another company's."""
    statement = select(ConversionFile).where(ConversionFile.id == file_id)
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    file = session.scalar(statement)
    if file is None:
        raise NotFoundError(_("There is no such file."))
    return file


def newest(session: Session) -> Sequence[ConversionFile]:
    return session.scalars(select(ConversionFile).order_by(ConversionFile.made_at.desc()).limit(20)).all()


def _owner(candidate: _Candidate) -> str:
    return candidate.account.conversion_customer_id


def _lines(session: Session, file: ConversionFile) -> list[_Candidate]:
    """What a download of the file holds now, uploaded or not."""
    wanted = [uuid.UUID(upload_id) for upload_id in file.upload_ids]
    return [each for each in _candidates(session, wanted) if each.kind == file.kind]


def _candidates(session: Session, wanted: Sequence[uuid.UUID] | None = None) -> list[_Candidate]:
    """The newest version of each conversion that may be told by file, the oldest first."""
    newer = aliased(ConversionUpload)
    query = (
        select(ConversionUpload, ConversionAction.name, AdAccount)
        .join(ConversionMapping, ConversionMapping.id == ConversionUpload.mapping_id)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .where(func.jsonb_typeof(ConversionUpload.payload["events"]) == "array")
        .where(
            ~select(newer.id)
            .where(newer.transaction_id == ConversionUpload.transaction_id, newer.version > ConversionUpload.version)
            .exists()
        )
    )
    query = query.where(_is_open()).limit(MOST) if wanted is None else query.where(ConversionUpload.id.in_(wanted))
    rows = session.execute(query.order_by(ConversionUpload.occurred_at, ConversionUpload.id))
    found = [_candidate(session, upload, action, account) for upload, action, account in rows]
    return [each for each in found if each is not None]


def _is_open() -> ColumnElement[bool]:
    """Not told yet; or told, and to be taken back, which only a file does."""
    filed = aliased(ReceiptEntry)
    was_filed = select(filed.id).where(filed.upload_id == ConversionUpload.id, filed.kind == "file_uploaded").exists()
    is_taken_back = ConversionUpload.change.in_([change for change, type_ in _CHANGES.items() if type_ == "RETRACT"])
    is_withdrawn = standing.last_choice(ConversionUpload.lead_id) == "denied"
    is_told = ConversionUpload.state.in_(("sent", "accepted"))
    is_hopeless = (ConversionUpload.state == "rejected") & ConversionUpload.reason.in_(_HOPELESS)
    is_done = is_hopeless | (ConversionUpload.reason == UPLOADED_AS_FILE)
    return (ConversionUpload.state.in_(_UNSENT) & ~is_done) | (is_told & (is_taken_back | is_withdrawn) & ~was_filed)


def _candidate(session: Session, upload: ConversionUpload, action: str, account: AdAccount) -> _Candidate | None:
    """The upload with its line; none when Google would not take it, or must not have it."""
    refusal, is_told = standing.refusal(session, upload), upload.state in ("sent", "accepted")
    if refusal and not (refusal == "DENIED_CONSENT" and is_told):
        return None
    event: dict[str, Any] = upload.payload["events"][0]
    type_ = "RETRACT" if refusal else _CHANGES.get(upload.change, "")
    kind = "changes" if type_ else kind_of(event)
    if not kind or (type_ and utc_now() - upload.occurred_at > _CHANGED_FOR):
        return None
    cells = change_row(event, action, type_, upload.created_at) if type_ else row(kind, event, action)
    return _Candidate(upload, account, kind, cells) if guarded(cells) == cells else None
