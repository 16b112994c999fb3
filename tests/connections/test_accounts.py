"""Reading ad accounts and conversion actions, and choosing among them."""

import uuid

import pytest
from sqlalchemy import select

from app.connections.models import AdAccount, ConversionAction
from tests.connections.conftest import Office
from tests.sandbox.visitor import AGENCY, NEWCOMER

READING = "Reading your ad accounts…"


def _page(office: Office, connection_id: uuid.UUID, partial: bool = False) -> str:
    if partial:
        return office.client.get(f"/connections/{connection_id}/accounts", headers={"HX-Request": "true"}).text
    return office.client.get(f"/connections/{connection_id}").text


def _accounts(office: Office) -> dict[str, AdAccount]:
    with office.serving() as session:
        return {account.name: account for account in session.scalars(select(AdAccount))}


def test_an_only_account_is_read_and_chosen(office: Office) -> None:
    connection_id = office.connect()
    for text in (_page(office, connection_id), _page(office, connection_id, partial=True)):
        assert READING in text
        assert 'hx-trigger="every 2s"' in text
    office.read_accounts(connection_id)
    page = _page(office, connection_id)
    assert READING not in page
    assert "123-456-7890" in page
    assert "Won job" in page
    assert "Thank-you page" not in page  # counted on a website: takes no uploads
    assert "Northgate Roofing" in office.client.get("/connections").text
    assert _accounts(office)["Northgate Roofing"].is_chosen


def test_a_partial_has_one_root(office: Office) -> None:
    connection_id = office.connect()
    office.read_accounts(connection_id)
    part = _page(office, connection_id, partial=True).strip()
    assert part.startswith('<section class="stack-l" id="accounts"')
    assert part.endswith("</section>")
    assert part.count("<section") == 1


def test_choosing_among_several(office: Office) -> None:
    connection_id = office.connect(AGENCY)
    office.read_accounts(connection_id)
    accounts = _accounts(office)
    assert not any(account.is_chosen for account in accounts.values())
    chosen = accounts["Riverside Dental"]
    answer = office.post(f"/connections/{connection_id}/accounts", {"accounts": str(chosen.id)})
    assert answer.status_code == 303
    assert READING in _page(office, connection_id)
    office.read_accounts(connection_id)
    accounts = _accounts(office)
    assert [name for name, account in accounts.items() if account.is_chosen] == ["Riverside Dental"]
    assert accounts["Riverside Dental"].login_customer_id == "5550001111"
    assert accounts["Riverside Dental"].conversion_customer_id == "5550003333"
    with office.serving() as session:
        names = session.scalars(select(ConversionAction.name).order_by(ConversionAction.name)).all()
    assert names == ["Qualified lead", "Won job"]


@pytest.mark.parametrize("value", [None, "x", "0" * 32, "\0"])
def test_choosing_nothing_or_nonsense(office: Office, value: str | None) -> None:
    connection_id = office.connect(AGENCY)
    office.read_accounts(connection_id)
    answer = office.post(f"/connections/{connection_id}/accounts", {"accounts": value} if value else {})
    assert answer.status_code == 422
    assert "Choose at least one ad account" in answer.text
    assert not any(account.is_chosen for account in _accounts(office).values())


def test_htmx_gets_the_part_alone(office: Office) -> None:
    connection_id = office.connect()
    office.read_accounts(connection_id)
    headers = {"HX-Request": "true"}
    answer = office.post(f"/connections/{connection_id}/readings", headers=headers)
    assert answer.status_code == 200
    assert READING in answer.text
    assert "<html" not in answer.text
    answer = office.post(f"/connections/{connection_id}/accounts", headers=headers)
    assert answer.status_code == 422
    assert "<html" not in answer.text


def test_reading_again_keeps_rows_and_choice(office: Office) -> None:
    connection_id = office.connect()
    office.read_accounts(connection_id)
    before = _accounts(office)["Northgate Roofing"]
    office.post(f"/connections/{connection_id}/readings")
    office.read_accounts(connection_id)
    after = _accounts(office)["Northgate Roofing"]
    assert (after.id, after.is_chosen) == (before.id, True)
    assert after.read_at > before.read_at
    with office.serving() as session:
        assert len(session.scalars(select(ConversionAction)).all()) == 2


def test_a_bell_without_a_wish_reads_nothing(office: Office) -> None:
    connection_id = office.connect()
    office.read_accounts(connection_id)
    before = office.row(connection_id).accounts_read_at
    office.fault(ads="down")
    office.read_accounts(connection_id)
    row = office.row(connection_id)
    assert (row.accounts_read_at, row.accounts_problem) == (before, "")


def test_a_login_without_ad_accounts(office: Office) -> None:
    connection_id = office.connect(NEWCOMER)
    office.read_accounts(connection_id)
    page = _page(office, connection_id)
    assert "This Google login has no Google Ads account" in page
    assert "Read again" in page


def test_google_ads_down(office: Office) -> None:
    connection_id = office.connect()
    office.fault(ads="down")
    office.read_accounts(connection_id)
    assert "Google Ads did not answer" in _page(office, connection_id)
    office.fault(ads="none")
    office.post(f"/connections/{connection_id}/readings")
    office.read_accounts(connection_id)
    page = _page(office, connection_id)
    assert "did not answer" not in page
    assert "Won job" in page


def test_a_permission_that_is_gone_shows_while_reading(office: Office) -> None:
    """Google refuses the kept access token; the refresh then tells that all is over."""
    connection_id = office.connect()
    office.revoke_at_google()
    office.read_accounts(connection_id)
    assert office.row(connection_id).state == "needs_reconnect"
    assert office.events() == ["connection.made", "connection.broken"]


def test_a_deleted_connection_is_not_read(office: Office) -> None:
    connection_id = office.connect()
    office.post(f"/connections/{connection_id}/deletion")
    office.read_accounts(connection_id)
    assert not _accounts(office)
    assert office.post(f"/connections/{connection_id}/readings").status_code == 409
