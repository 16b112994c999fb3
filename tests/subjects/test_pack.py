"""The subject pack: complete, explained, and about nobody else."""

import json
import uuid

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.data_map import pack_columns
from app.core.db import Base
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.leads import notes
from app.subjects import finding, gates, subject_pack
from app.subjects.redaction import BLACK, Redactor
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.subjects.conftest import CANARIES, Wren

ADDRESSES = ("/settings/people", "/leads/{}/pack", "/leads/{}/erasure")


def _pack(wren: Wren) -> subject_pack.Pack:
    with wren.office.serving() as session:
        return subject_pack.make(session, wren.lead_id)


@pytest.mark.parametrize(
    "term",
    ["QUILL@canary.example", "020 7946 0958", "+44 (0)20 7946 0958", "(020) 79460958", "0044 20 7946 0958",
     "wren-gclid"],
)  # fmt: skip
def test_a_person_is_found_by_what_they_know(wren: Wren, term: str) -> None:
    with wren.office.serving() as session:
        assert [lead.id for lead in finding.find(session, term, region="GB")] == [wren.lead_id]


@pytest.mark.parametrize("term", ["", "quill", "a b c d e f g h", "Wren Quillfeather", "0"])
def test_a_part_of_an_address_finds_nobody(wren: Wren, term: str) -> None:
    with wren.office.serving() as session, pytest.raises(InvalidInputError):
        finding.find(session, term, region="GB")


def test_everything_that_was_sent_is_in_it(app: Flask, wren: Wren) -> None:
    with app.test_request_context():
        text = json.dumps(_pack(wren).as_json(), ensure_ascii=False)
    for word in set(CANARIES) - {"nest-77", "the east gable"}:
        assert word in text, word
    assert "east gable" in text


def test_every_column_that_the_map_gives_the_person_is_in_it(app: Flask, wren: Wren) -> None:
    with app.test_request_context():
        pack = _pack(wren)
    shown = {
        (section.name, value.name) for section in pack.leads[0].sections for row in section.records for value in row
    }
    with wren.office.serving() as session:
        held = gates.rows_of(session, wren.lead_id)
    empty = (None, "", b"", {}, [])
    for name, rows in held.items():
        for column in pack_columns(Base.metadata.tables[name]):
            values = [row[column.name] for row in rows if row[column.name] not in empty]
            if values and not isinstance(values[0], uuid.UUID):
                assert (name, column.name) in shown


def test_others_are_blacked_out(app: Flask, wren: Wren) -> None:
    with wren.office.serving() as session:
        text = "Alice spoke with her neighbour (max@other.example, 020 7946 0111); her own is 020 7946 0958."
        notes.add(session, wren.lead_id, text, actor=Actor(wren.site.person.user_id, "Alice"))
        session.commit()
    with app.test_request_context():
        text = json.dumps(_pack(wren).as_json()["leads"], ensure_ascii=False)
    assert "max@other.example" not in text and "0111" not in text and "Alice" not in text
    assert BLACK in text and "020 7946 0958" in text


@given(st.text(max_size=300))
def test_redaction_takes_any_text(text: str) -> None:
    cleaned = Redactor({"me@own.example"}, ["Al", "Bo.b"], "GB").clean({"a": [text, 1, None]})
    assert set(cleaned) == {"a"} and len(cleaned["a"]) == 3


def test_other_leads_of_the_person_come_along(app: Flask, wren: Wren) -> None:
    wren.site.send({"fields": {"name": "W. Quillfeather", "email": "Quill@Canary.example"}})
    wren.site.send({"fields": {"name": "Somebody Else", "email": "else@canary.example"}})
    with app.test_request_context():
        assert len(_pack(wren).leads) == 2


def test_the_pages_and_the_files(wren: Wren, alice: Person) -> None:
    page = alice.client.post("/settings/people", data={"term": "quill@canary.example"}).text
    assert f"/leads/{wren.lead_id}/pack" in page
    assert "You hold nothing under this" in alice.client.post("/settings/people", data={"term": "no@b.example"}).text
    assert alice.client.post("/settings/people", data={"term": "?"}).status_code == 422
    text = alice.client.get(f"/leads/{wren.lead_id}/pack").text
    assert "What you allowed" in text and "quill@canary.example" in text
    answer = alice.client.post(f"/leads/{wren.lead_id}/pack.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(answer.text)["leads"][0]["sections"]
    assert "<h1>" in alice.client.post(f"/leads/{wren.lead_id}/pack.html").text
    assert len(wren.office.events(wren.lead_id, "lead.pack_made")) == 2
    assert "took out what is held" in alice.client.get(f"/leads/{wren.lead_id}").text


def test_only_those_who_answer_for_it(owner: Owner, wren: Wren, charlie: Person, alice: Person) -> None:
    assert charlie.client.get(f"/leads/{wren.lead_id}/pack").status_code == 404
    assert charlie.client.post(f"/leads/{wren.lead_id}/pack.json").status_code == 404
    assert "Quillfeather" not in charlie.client.post("/settings/people", data={"term": "quill@canary.example"}).text
    owner.execute("UPDATE members SET role = 'member' WHERE user_id = %s", (alice.user_id,))
    for address in ADDRESSES:
        assert alice.client.get(address.format(wren.lead_id)).status_code == 403
