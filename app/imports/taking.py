"""Making leads of the lines, and taking them away again: one piece, one transaction."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.companies.models import Company
from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.ids import new_id
from app.core.words import gettext as _
from app.core.words import in_language
from app.follow_up import tags
from app.imports import gates, rows, writing
from app.imports.gates import Claimed
from app.imports.lines import Refused, Waiting, pack, unpack
from app.imports.models import ImportPiece, LeadImport
from app.imports.rows import Person, Plan
from app.imports.writing import Made
from app.leads.models import Lead, Stage, Tag
from app.leads.stages import in_order

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
_MOST_REMOVED = 2_000


class LostClaimError(Exception):
    """Another worker has the import now."""


def work(session: Session, claimed: Claimed) -> bool:
    """Do one piece of the import; whether there is more to do. Raises LostClaimError.

    The row stays locked until the transaction ends, so whoever claims it meanwhile waits for this piece and then finds
    it done.
    """
    taken = _locked(session, claimed)
    if claimed.attempts > MOST_ATTEMPTS:  # its workers died without a word
        _stop(session, taken, "interrupted")
        return False
    taken.due_at, taken.attempts = utc_now() + LEASE, 0
    step = _remove if taken.state == "undoing" else _take
    company = session.scalars(select(Company)).one()
    with in_language(company.language):
        return step(session, taken, company)


def give_back(session: Session, claimed: Claimed, problem: str) -> None:
    """After a failure: another try when the lease ends, or the end of it. What is done stays done.

    Raises LostClaimError.
    """
    taken = _locked(session, claimed)
    taken.problem = problem
    if claimed.attempts >= MOST_ATTEMPTS:
        _stop(session, taken, problem)


def plan(session: Session, taken: LeadImport, company: Company) -> Plan:
    """By what the lines of this import are read."""
    stages = in_order(session)
    people = session.execute(select(User.id, User.name, User.email).join(Member, Member.user_id == User.id)).all()
    return Plan(
        heading=taken.heading,
        fields=taken.fields,
        is_month_first=taken.is_month_first,
        region=company.region,
        currency=company.currency,
        zone=ZoneInfo(company.time_zone),
        stages={stage.name.casefold(): stage.id for stage in stages},
        first_stage=stages[0].id,
        owners={key.casefold(): user_id for user_id, *keys in people for key in keys},
        now=utc_now(),
    )


def _locked(session: Session, claimed: Claimed) -> LeadImport:
    taken = session.scalars(
        select(LeadImport).where(LeadImport.id == claimed.import_id).with_for_update(of=LeadImport)
    ).one()
    if taken.claim != claimed.claim:
        raise LostClaimError
    return taken


def _stop(session: Session, taken: LeadImport, problem: str) -> None:
    """The leads that came in stay, and so they are counted."""
    taken.state, taken.ended_at, taken.problem = "failed", utc_now(), problem
    _tell(session, taken, "leads.import_stopped", leads=taken.leads_made)


def _take(session: Session, taken: LeadImport, company: Company) -> bool:
    piece = session.scalars(
        select(ImportPiece)
        .where(ImportPiece.import_id == taken.id, ImportPiece.is_done.is_(False))
        .order_by(ImportPiece.number)
        .limit(1)
    ).one_or_none()
    if piece is None:
        taken.state, taken.ended_at = "done", utc_now()
        _tell(session, taken, "leads.imported", leads=taken.leads_made)
        return False
    session.execute(select(Stage.id).with_for_update(read=True))  # nobody archives one while leads come into it
    lines = [Waiting(*line) for line in unpack(piece.body)]
    made, refused = read_lines(session, lines, plan(session, taken, company), keeps_doubles=taken.keeps_doubles)
    writing.write(session, taken, company.currency, made)
    if refused:
        piece.body, piece.is_done = pack(refused), True
    else:
        session.delete(piece)
    taken.lines_done += len(lines)
    taken.leads_made += len(made)
    taken.lines_refused += len(refused)
    return True


def read_lines(
    session: Session, lines: Iterable[Waiting], plan: Plan, *, keeps_doubles: bool
) -> tuple[list[Made], list[Refused]]:
    """The leads to be, and the refused lines with their reasons."""
    made, refused = [], []
    for line in lines:
        try:
            made.append((line, rows.read(line.cells, plan)))
        except InvalidInputError as error:
            refused.append(Refused(line.number, line.cells, error.sentence))
    made = _with_room_for_tags(session, made, refused)
    if keeps_doubles:
        return [Made(new_id(), person) for _line, person in made], sorted(refused)
    people = [person for _line, person in made]
    addresses = {person.email.lower() for person in people if person.email}
    numbers = {person.phone_e164 for person in people if person.phone_e164}
    seen_addresses, seen_numbers = gates.known(session, addresses, numbers)
    wanted: list[Made] = []
    for line, person in made:
        address, number = person.email.lower(), person.phone_e164
        if address in seen_addresses or number in seen_numbers:
            refused.append(Refused(line.number, line.cells, _("This person is a lead already.")))
            continue
        wanted.append(Made(new_id(), person))
        seen_addresses |= {address} - {""}
        seen_numbers |= {number} - {""}
    return wanted, sorted(refused)


def _with_room_for_tags(
    session: Session, made: list[tuple[Waiting, Person]], refused: list[Refused]
) -> list[tuple[Waiting, Person]]:
    """Those whose tags the company has, or may still make."""
    known = set(session.scalars(select(func.lower(Tag.name)))) if any(person.tags for _, person in made) else set()
    fitting = []
    for line, person in made:
        wanted = known | {tag.lower() for tag in person.tags}
        if len(wanted) > tags.MOST_IN_A_COMPANY:
            sentence = _("You have %(most)s tags already. Use one of them.", most=tags.MOST_IN_A_COMPANY)
            refused.append(Refused(line.number, line.cells, sentence))
        else:
            known = wanted
            fitting.append((line, person))
    return fitting


def _remove(session: Session, taken: LeadImport, company: Company) -> bool:
    gone = gates.remove_untouched(session, company.id, taken.id, _MOST_REMOVED)
    taken.leads_removed += gone
    if gone == _MOST_REMOVED:
        return True
    taken.leads_kept = session.scalar(select(func.count()).select_from(Lead).where(Lead.import_id == taken.id)) or 0
    taken.state, taken.ended_at = "undone", utc_now()
    _tell(session, taken, "leads.import_undone", leads=taken.leads_removed)
    return False


def _tell(session: Session, taken: LeadImport, type_: str, *, leads: int) -> None:
    actor = events.Actor(taken.asked_by, taken.asked_by_name)
    events.record(session, type_, actor=actor, import_id=str(taken.id), leads=leads)
