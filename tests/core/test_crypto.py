"""Sealed texts open for their owner and their company only."""

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.companies.models import CompanyKey
from app.companies.vault import open_vault
from app.core.crypto import KeyRing, SealedBox, SealError
from app.core.services import Services
from app.core.tenancy import serve
from tests.fixtures.application import NewSession
from tests.fixtures.people import Person

OWNER = "connections:1:refresh_token"
SECRET = "1//a-refresh-token ✓"


def _ring(*keys: bytes) -> KeyRing:
    return KeyRing(tuple(key.decode() for key in keys or (Fernet.generate_key(),)))


@pytest.fixture
def box() -> SealedBox:
    ring = _ring()
    return ring.open_box(ring.new_wrapped_key())


@pytest.mark.parametrize("secret", [SECRET, "", "x" * 10_000, '["', "\0"])
def test_what_was_sealed_opens(box: SealedBox, secret: str) -> None:
    sealed = box.seal(secret, owner=OWNER)
    assert box.open(sealed, owner=OWNER) == secret
    assert not secret or secret not in sealed


def test_the_same_secret_is_sealed_differently_each_time(box: SealedBox) -> None:
    assert box.seal(SECRET, owner=OWNER) != box.seal(SECRET, owner=OWNER)


@pytest.mark.parametrize("other", ["connections:2:refresh_token", "connections:1:access_token", ""])
def test_not_for_another_row_or_column(box: SealedBox, other: str) -> None:
    with pytest.raises(SealError):
        box.open(box.seal(SECRET, owner=OWNER), owner=other)


def test_not_by_another_companys_key() -> None:
    ring = _ring()
    one, other = (ring.open_box(ring.new_wrapped_key()) for _ in range(2))
    with pytest.raises(SealError):
        other.open(one.seal(SECRET, owner=OWNER), owner=OWNER)


def test_not_when_a_character_was_changed(box: SealedBox) -> None:
    sealed = box.seal(SECRET, owner=OWNER)
    for at in range(0, len(sealed) - 4, 7):  # the last group holds unused bits
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(SealError):
            box.open(changed, owner=OWNER)


@pytest.mark.parametrize("text", ["", "x", "gAAAAA", "é" * 50, "\0"])
def test_not_what_was_never_sealed(box: SealedBox, text: str) -> None:
    with pytest.raises(SealError):
        box.open(text, owner=OWNER)


def test_the_error_names_no_secret(box: SealedBox) -> None:
    sealed = box.seal(SECRET, owner=OWNER)
    with pytest.raises(SealError) as error:
        box.open(sealed, owner="elsewhere")
    assert SECRET not in str(error.value) and sealed not in str(error.value)


def test_changing_the_master_key() -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    wrapped = _ring(old).new_wrapped_key()
    sealed = _ring(old).open_box(wrapped).seal(SECRET, owner=OWNER)
    both = _ring(new, old)
    assert both.open_box(wrapped).open(sealed, owner=OWNER) == SECRET
    rewrapped = both.rewrap(wrapped)
    assert _ring(new).open_box(rewrapped).open(sealed, owner=OWNER) == SECRET
    for attempt in (_ring(old).open_box, _ring(old).rewrap):
        with pytest.raises(SealError):
            attempt(rewrapped)


def test_each_company_has_a_box_of_its_own(new_session: NewSession, alice: Person, bob: Person) -> None:
    services: Services = alice.client.application.extensions["leader"]
    boxes = []
    for person in (alice, bob):
        session = new_session()
        serve(session, person.company_id)
        boxes.append(open_vault(session, services.key_ring))
    sealed = boxes[0].seal(SECRET, owner=OWNER)
    assert boxes[0].open(sealed, owner=OWNER) == SECRET
    with pytest.raises(SealError):
        boxes[1].open(sealed, owner=OWNER)


def test_deleting_the_key_shreds(session: Session, alice: Person) -> None:
    services: Services = alice.client.application.extensions["leader"]
    serve(session, alice.company_id)
    wrapped = session.scalar(select(CompanyKey.wrapped_key))
    assert wrapped and wrapped.startswith("gAAAA")
    session.execute(delete(CompanyKey))
    with pytest.raises(SealError):
        open_vault(session, services.key_ring)
