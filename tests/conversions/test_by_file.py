"""Files for Google's upload page: what stands in them, that nothing counts twice, and what a member says of them."""

import csv
import io
import uuid
from typing import Any

import pytest

from app.conversions import adjusting, mappings
from app.conversions.files import making
from app.conversions.files.rows import HEADINGS, change_row, kind_of, row
from app.conversions.mappings import Wish
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.subjects import withdrawing
from tests.conversions.conftest import Desk
from tests.fixtures.people import Person

ALICE = Actor(None, "Alice")
EVENT: dict[str, Any] = {
    "transactionId": "abc",
    "eventTimestamp": "2026-11-24T08:00:00Z",
    "conversionValue": 1234.5,
    "currency": "GBP",
    "consent": {"adUserData": "CONSENT_GRANTED"},
}


def test_the_lines_of_googles_templates() -> None:
    click = EVENT | {"adIdentifiers": {"gbraid": "Xy"}}
    cells = dict(zip(HEADINGS["clicks"], row("clicks", click, "Sale"), strict=True))
    assert cells == {
        "Google Click ID": "",
        "GBRAID": "Xy",
        "WBRAID": "",
        "Conversion Name": "Sale",
        "Conversion Time": "2026-11-24 08:00:00",
        "Conversion Value": "1234.50",
        "Conversion Currency": "GBP",
        "Ad User Data": "Granted",
        "Ad Personalization": "",
        "Order ID": "abc",
    }
    person = EVENT | {"userData": {"userIdentifiers": [{"phoneNumber": "f00"}]}}
    assert row("leads", person, "Sale")[:2] == ["", "f00"]
    assert len(row("leads", person, "Sale")) == len(HEADINGS["leads"])
    assert [kind_of(each) for each in (click, person, EVENT)] == ["clicks", "leads", ""]
    assert change_row(EVENT, "Sale", "RESTATE", utc_now())[3:] == ["RESTATE", "1234.50", "GBP"]
    assert change_row(EVENT, "Sale", "RETRACT", utc_now())[3:] == ["RETRACT", "", ""]


def make(desk: Desk, kind: str = "clicks") -> tuple[uuid.UUID, list[list[str]]]:
    with desk.office.serving() as session:
        (found,) = [each for each in making.ready(session) if each.kind == kind]
        file = making.make(session, kind, found.customer_id, actor=ALICE)
        session.commit()
        first, *lines = making.content(session, file).splitlines()
        assert first == "Parameters:TimeZone=+0000"
        return file.id, list(csv.reader(io.StringIO("\n".join(lines))))[1:]


def confirm(desk: Desk, file_id: uuid.UUID) -> None:
    with desk.office.serving() as session:
        making.confirm(session, file_id, actor=ALICE)
        session.commit()


def content(desk: Desk, file_id: uuid.UUID) -> str:
    with desk.office.serving() as session:
        return making.content(session, making.find(session, file_id))


def finish(desk: Desk) -> None:
    for _ in range(2):
        desk.work()
        desk.pass_time()
    desk.work()


def test_a_file_is_noted_and_what_was_uploaded_is_not_sent_as_well(desk: Desk) -> None:
    lead_id = desk.won()
    file_id, ((*_cells, order_id),) = make(desk)
    assert order_id == desk.receipt(lead_id).transaction_id
    assert desk.receipt(lead_id).steps[0].title == "Put into a file for Google"
    confirm(desk, file_id)
    confirm(desk, file_id)
    finish(desk)
    assert desk.state(lead_id) == ("parked", "UPLOADED_AS_FILE")
    assert desk.counted() == []
    receipt = desk.receipt(lead_id)
    assert (receipt.headline, receipt.tone, receipt.broken_at) == ("Uploaded as a file", "good", None)
    with desk.office.serving() as session:
        assert making.ready(session) == []
        with pytest.raises(InvalidInputError):
            making.make(session, "clicks", "1234567890", actor=ALICE)


def test_a_file_stays_as_it_was_once_it_is_uploaded(desk: Desk) -> None:
    desk.won()
    file_id, _cells = make(desk)
    before = content(desk, file_id)
    confirm(desk, file_id)
    assert content(desk, file_id) == before


def test_what_was_left_out_of_the_download_is_not_taken_for_uploaded(desk: Desk) -> None:
    uploaded, left_out = desk.won(), desk.won()
    file_id, lines = make(desk)
    assert len(lines) == 2
    desk.owner.execute("UPDATE leads SET restricted_at = now() WHERE id = %s", (left_out,))
    confirm(desk, file_id)
    assert desk.state(uploaded) == ("parked", "UPLOADED_AS_FILE")
    assert desk.state(left_out) == ("pending", "")


def test_sent_all_the_same_it_is_the_same_transaction(desk: Desk) -> None:
    lead_id = desk.won()
    _file_id, ((*_cells, order_id),) = make(desk)
    finish(desk)
    assert desk.state(lead_id)[0] == "accepted"
    (counted,) = desk.counted()
    assert order_id in str(counted)


@pytest.mark.parametrize("why", ["denied", "spam", "frozen", "reopened", "formula"])
def test_what_a_sending_would_not_take_stands_in_no_file(desk: Desk, why: str) -> None:
    lead_id = desk.won(consent="denied" if why == "denied" else "granted")
    changes = {
        "spam": "UPDATE leads SET is_spam = true",
        "frozen": "UPDATE leads SET restricted_at = now()",
        "formula": "UPDATE conversion_actions SET name = '=1+1'",
    }
    if why == "reopened":
        desk.move(lead_id, "Contacted")
    elif why in changes:
        desk.owner.execute(changes[why])  # type: ignore[call-overload]
    with desk.office.serving() as session:
        assert making.ready(session) == []


def test_what_google_refused_for_good_stands_in_no_file(desk: Desk) -> None:
    desk.won("TEST_CLICK_NOT_FOUND")
    mendable = desk.won("TEST_DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED")
    finish(desk)
    _file_id, lines = make(desk)
    assert [cells[-1] for cells in lines] == [desk.receipt(mendable).transaction_id]


def test_without_a_click_id_it_is_the_other_file(desk: Desk) -> None:
    desk.won("damaged id", email="jane@example.org")
    _file_id, ((email, *_cells),) = make(desk, "leads")
    assert len(email) == 64


def test_a_sale_taken_back_can_be_taken_back_at_google_whole(desk: Desk) -> None:
    lead_id = desk.won()
    finish(desk)
    desk.move(lead_id, "Contacted")
    finish(desk)
    file_id, (cells,) = make(desk, "changes")
    assert cells[3:] == ["RETRACT", "", ""]
    confirm(desk, file_id)
    with desk.office.serving() as session:
        assert making.ready(session) == []


def test_what_was_told_before_consent_was_withdrawn_can_be_taken_back_by_file(desk: Desk) -> None:
    lead_id = desk.won()
    finish(desk)
    with desk.office.serving() as session:
        assert making.ready(session) == []
        withdrawing.withdraw(session, lead_id, utc_now().date(), today=utc_now().date(), actor=ALICE)
        session.commit()
    _file_id, (cells,) = make(desk, "changes")
    assert cells[3] == "RETRACT"
    desk.owner.execute("UPDATE conversion_uploads SET occurred_at = now() - interval '60 days'")
    with desk.office.serving() as session:
        assert making.ready(session) == [], "Google changes nothing after 54 days"


def test_another_value_is_restated_by_file(desk: Desk) -> None:
    with desk.office.serving() as session:
        mappings.change(session, desk.mapping_id, Wish("250", value_rule="lead"))
        session.commit()
    lead_id = desk.won(value_minor=100_00)
    finish(desk)
    desk.owner.execute("UPDATE leads SET value_minor = 18000 WHERE id = %s", (lead_id,))
    desk.owner.execute("UPDATE conversion_uploads SET due_at = now() + interval '1 day'")
    with desk.office.serving() as session:
        adjusting.review(session, lead_id)
        session.commit()
    _file_id, (cells,) = make(desk, "changes")
    assert cells[3:] == ["RESTATE", "180.00", "GBP"]


def test_the_pages(desk: Desk, alice: Person, charlie: Person, viewer: Person) -> None:
    desk.won()
    address = "/conversions/files"
    with desk.office.serving() as session:
        (found,) = making.ready(session)
    data = {"kind": found.kind, "customer_id": found.customer_id}
    assert "1 conversion for" in alice.client.get(address).text
    assert viewer.client.post(address, data=data).status_code == 403
    assert alice.client.post(address, data={"kind": "../x"}).status_code == 404
    assert charlie.client.post(address, data=data).status_code == 303
    assert alice.client.post(address, data=data).status_code == 303
    with desk.office.serving() as session:
        (file,) = making.newest(session)
    answer = alice.client.get(f"{address}/{file.id}.csv")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    assert charlie.client.get(f"{address}/{file.id}.csv").status_code == 404
    assert charlie.client.post(f"{address}/{file.id}/upload").status_code == 404
    assert alice.client.post(f"{address}/{file.id}/upload").status_code == 303
    assert "Uploaded" in alice.client.get(address).text
