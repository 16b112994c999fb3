"""Incineration: erasing a closed company for good, in small steps that each may be the last one before a crash.

Each step deletes and counts in one transaction, so that whoever comes next finds what is left and a count that is
true. The order: the wrapped data key first, which makes every sealed secret unreadable; files and Valkey; then every
table that names a company, those that depend on others first; its people; the company itself together with the entry
in the ledger and the signed certificate. Tables are found in the metadata, so that a new one needs no line here.

Nothing that comes late brings anything back: a row without its company cannot be written, and what was written
meanwhile goes with the company's own row.
"""

import uuid
from collections.abc import Iterator

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.core.clock import utc_now
from app.core.db import Base
from app.core.errors import PermanentError
from app.core.services import Services
from app.core.signing import signer
from app.core.tenancy import company_of
from app.core.words import gettext as _
from app.privacy import certificates, gates, ledger, stores
from app.privacy.models import DeletionCertificate

BATCH = 2_000
_KEY_TABLE = "company_keys"
_MEMBERS, _PEOPLE = "members", "users"


def steps(session: Session, services: Services, batch: int = BATCH) -> Iterator[str]:
    """Do the next piece of work and name it, until the served company is gone. The caller commits after each.

    Raises PermanentError when the company is not to be erased (any more).
    """
    _begin(session)
    yield "begun"
    for store in stores.all_stores():
        certificate = _locked(session)
        if store.name not in certificate.counts:
            certificate.counts = certificate.counts | {store.name: store.count(session, services)}
            yield f"{store.name} counted"
        store.erase(session, services)
    for table in _tables():
        while _delete_some(session, _locked(session), table, batch):
            yield table
    _end(session, _locked(session), services)
    yield "ended"


def _begin(session: Session) -> None:
    """Begin the certificate, unless an earlier run did."""
    company = session.scalars(select(Company).with_for_update()).one_or_none()
    if company is None or company.closed_at is None or company.erase_at is None or company.erase_at > utc_now():
        raise PermanentError(_("This account is not to be erased."), reason="not_due")
    if session.scalar(_progress(session)) is None:
        session.add(
            DeletionCertificate(
                id=company.certificate_id or uuid.uuid4(),
                company_id_until_done=company.id,
                closed_at=company.closed_at,
                begun_at=utc_now(),
                counts={"database": {}},
            )
        )
        session.flush()


def _locked(session: Session) -> DeletionCertificate:
    """The progress as it is now, nobody else's to change until the next commit: of two workers one waits."""
    found = session.scalar(_progress(session).with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise PermanentError(_("This account has been erased by another worker."), reason="erased")
    return found


def _progress(session: Session) -> Select[DeletionCertificate]:
    return select(DeletionCertificate).where(DeletionCertificate.company_id_until_done == company_of(session))


def _tables() -> list[str]:
    """Every table with a company in it, the key first, then dependants before what they depend on."""
    owned = [table.name for table in reversed(Base.metadata.sorted_tables) if "company_id" in table.columns]
    return [_KEY_TABLE, *(name for name in owned if name != _KEY_TABLE)]


def _delete_some(session: Session, certificate: DeletionCertificate, table: str, batch: int) -> bool:
    """False when the table held nothing of the company any more."""
    if table == _MEMBERS:
        members, people = gates.incinerate_members(session, batch)
        _add(certificate, {_MEMBERS: members, _PEOPLE: people})
        return members > 0
    rows = gates.incinerate_rows(session, table, batch)
    _add(certificate, {table: rows})
    return rows > 0


def _add(certificate: DeletionCertificate, counts: dict[str, int]) -> None:
    """Tables that held nothing are not named."""
    database = dict(certificate.counts["database"])
    for table, rows in counts.items():
        if rows:
            database[table] = database.get(table, 0) + rows
    certificate.counts = certificate.counts | {"database": database}


def _end(session: Session, certificate: DeletionCertificate, services: Services) -> None:
    settings = services.settings
    _add(certificate, {"companies": 1})
    certificates.sign(certificate, ended_at=utc_now(), signer=signer(settings), backup_days=settings.backup_days)
    ledger.note(session, "company", company_of(session))
    session.flush()
    gates.incinerate_company(session)
