"""The table in the order of a column: every page of it, each lead once, by an index."""

import re

import pytest

from app.core.errors import InvalidInputError
from app.leads.sorting import COLUMNS, Place, parse
from app.seeding import many
from tests.fixtures.application import Owner
from tests.leads.conftest import Office

ORDERS = [*COLUMNS, *(f"-{column}" for column in COLUMNS if column != "arrival")]


def names(office: Office, address: str) -> list[str]:
    return re.findall(r'<a href="?/leads/[0-9a-f-]{36}"?>([^<]*)</a>', office.partial(address).text)


def walk(office: Office, address: str) -> list[str]:
    """The names on all pages, by the link to the next one."""
    found = []
    for _ in range(20):
        text = office.partial(address).text
        found += re.findall(r'<a href="?/leads/[0-9a-f-]{36}"?>([^<]*)</a>', text)
        following = re.search(r'href="([^"]*after=[^"]*)"', text)
        if not following:
            return found
        address = following[1].replace("&amp;", "&")
    raise AssertionError("the pages have no end")


@pytest.fixture
def three(office: Office, owner: Owner) -> Office:
    office.lead("bea", hours_ago=3, value_minor=5)
    office.lead("Ann", hours_ago=2, value_minor=900, stage="Won", owner_id=office.person.user_id)
    last = office.lead("Cleo", hours_ago=1, stage="Contacted")
    owner.execute("UPDATE leads SET updated_at = now() - interval '1 day' WHERE id = %s", (last,))
    return office


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "Cleo"),
        ("arrival", "bea"),
        ("name", "Ann"),
        ("-name", "Cleo"),
        ("value", "Cleo"),
        ("-value", "Ann"),
        ("stage", "bea"),
        ("-stage", "Ann"),
        ("owner", "Ann"),
        ("-owner", "Cleo"),
        ("activity", "Cleo"),
        ("nonsense", "Cleo"),
    ],
)
def test_what_comes_first(three: Office, sort: str, first: str) -> None:
    found = names(three, f"/leads?sort={sort}")
    assert found[0] == first and len(found) == 3


def test_the_headings_lead_there_and_back(three: Office) -> None:
    assert 'href="/leads?sort=name"' in three.get("/leads").text
    text = three.get("/leads?sort=name&stage=Won").text
    assert 'aria-sort="ascending"' in text and "sort=-name" in text and "stage=Won" in text
    assert "/leads/arrivals" not in text


@pytest.mark.parametrize("sort", ORDERS)
def test_each_lead_is_on_one_page(office: Office, owner: Owner, sort: str) -> None:
    with office.serving() as session:
        many.seed_many(session, 130, currency="GBP")
        session.commit()
    owner.execute("UPDATE leads SET is_spam = false, value_minor = value_minor % 7, name = name || right(id::text, 6)")
    owner.execute("UPDATE leads SET owner_id = %s WHERE value_minor = 3", (office.person.user_id,))
    found = walk(office, f"/leads?sort={sort}")
    assert len(found) == len(set(found)) == 130
    if sort.endswith("name"):
        ordered = owner.execute("SELECT name FROM leads ORDER BY lower(name)").fetchall()
        wanted = [name for (name,) in ordered]
        assert found == (wanted[::-1] if sort.startswith("-") else wanted)


@pytest.mark.parametrize("token", ["x", "WzFd", "W10", "bnVsbA", "\x00", "e30"])
@pytest.mark.parametrize("sort", ["name", "value", "stage", "activity"])
def test_hostile_places(office: Office, sort: str, token: str) -> None:
    assert office.person.client.get("/leads", query_string={"sort": sort, "after": token}).status_code == 422


def test_a_place_of_another_order(three: Office) -> None:
    place = Place("Ann", three.read(three.lead()).created_at, three.lead())
    assert Place.parse(place.token(), "name") == place
    for column in ("value", "stage", "activity"):
        with pytest.raises(InvalidInputError):
            Place.parse(place.token(), column)


def test_only_columns_order() -> None:
    assert [parse(text) for text in ("name", "-name", "-arrival", "", "id; DROP")] == ["name", "-name", "", "", ""]


@pytest.mark.parametrize(("column", "index"), [("name", "ix_leads_name"), ("activity", "ix_leads_activity")])
def test_an_index_gives_the_order(office: Office, owner: Owner, column: str, index: str) -> None:
    with office.serving() as session:
        many.seed_many(session, 3_000, currency="GBP")
        session.commit()
    owner.execute("ANALYZE leads")
    key = {"name": "lower(name)", "activity": "updated_at"}[column]
    statement = f"EXPLAIN SELECT id FROM leads WHERE company_id = %s ORDER BY {key}, id LIMIT 51"  # noqa: S608
    plan = owner.execute(statement, (office.person.company_id,)).fetchall()
    assert index in str(plan)
    assert len(names(office, f"/leads?sort={column}")) == 50


def test_more_filters(office: Office) -> None:
    ann = office.lead("Ann")
    office.lead("Ben")
    office.post(f"/leads/{ann}/notes", {"body": "Wants slate tiles"})
    assert names(office, "/leads?notes=SLATE") == ["Ann"]
    assert names(office, "/leads?campaign=spring") == []
    assert names(office, "/leads?conversion=accepted") == []
    assert office.get("/leads?conversion=lost").status_code == 404
