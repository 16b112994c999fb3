"""Narrowing the table: by owner, tag, channel, days, value and waiting, alone and together."""

import re
from urllib.parse import urlencode

import pytest

from app.core.clock import utc_now
from app.core.events import Actor
from app.core.ids import new_id
from app.follow_up import tags
from app.seeding import many
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.fixtures.statements import Statements
from tests.leads.conftest import Office, OfficeOf
from tests.leads.test_table import link, names

MANY = 20_000


@pytest.fixture
def busy(office: Office) -> Office:
    """Three leads that differ in all by which a table is narrowed."""
    office.lead("Ada", hours_ago=1, channel="Email", value_minor=90_000, owner_id=office.person.user_id)
    office.lead("Ben", hours_ago=60, channel="Direct", value_minor=250_050, answered_at=utc_now())
    office.lead("Cleo", hours_ago=24 * 40, channel="Paid Search", stage="Won")
    tag(office, "Ada", "Roof")
    return office


def tag(office: Office, lead: str, name: str) -> None:
    lead_id = re.search(rf"href=\"?/leads/([0-9a-f-]+)\"?>{lead}<", office.partial("/leads").text)
    assert lead_id
    with office.serving() as session:
        tags.put(session, lead_id[1], name, actor=Actor(None, "Test"))  # type: ignore[arg-type]
        session.commit()


def narrowed(office: Office, **asked: str) -> list[str]:
    return names(office, "/leads?" + urlencode(asked))


def test_each_filter(busy: Office) -> None:
    day = utc_now().date().isoformat()
    assert narrowed(busy, owner="me") == narrowed(busy, owner=str(busy.person.user_id)) == ["Ada"]
    assert narrowed(busy, owner="nobody") == ["Ben", "Cleo"]
    assert narrowed(busy, tag="roof") == ["Ada"]
    assert narrowed(busy, channel="Paid Search") == ["Cleo"]
    assert narrowed(busy, waiting="y") == ["Ada"]
    assert narrowed(busy, least="900.00", most="2500") == ["Ada"]
    assert narrowed(busy, least="2,500.50") == ["Ben"]
    assert narrowed(busy, until="2020-01-01") == []
    assert narrowed(busy, **{"from": "2020-01-01", "until": day}) == ["Ada", "Ben", "Cleo"]


def test_filters_work_together_and_with_the_search(busy: Office) -> None:
    assert narrowed(busy, owner="nobody", channel="Direct", q="be") == ["Ben"]
    assert narrowed(busy, owner="nobody", channel="Direct", q="cle") == []
    assert narrowed(busy, owner="nobody", stage="Won") == ["Cleo"]
    assert narrowed(busy, owner="nobody", stage="spam") == []


def test_pages_keep_what_the_table_is_narrowed_to(office: Office) -> None:
    for number in range(60):
        office.lead(f"Lead {number}", hours_ago=number, channel="Email")
        office.lead(f"Other {number}", hours_ago=number)
    older = link(office, "/leads?channel=Email", "Older")
    assert "channel=Email" in older
    assert len(names(office, older)) == 10
    assert 'hx-trigger="every 4s"' not in office.partial("/leads?channel=Email").text


def test_the_page_says_what_it_is_narrowed_to(busy: Office) -> None:
    page = busy.get("/leads?owner=nobody&tag=roof&q=x").text
    assert "Nobody answers yet" in page and "Tag: Roof" in page
    assert 'href="/leads?q=x&amp;tag=roof"' in page and 'href="/leads?q=x&amp;owner=nobody"' in page
    assert '<input type="hidden" name="owner" value="nobody">' in page


def test_the_form_of_filters_remembers_what_was_asked(busy: Office) -> None:
    for text in (
        busy.get("/leads/filters?tag=Roof&least=5").text,
        busy.partial("/leads/filters?tag=Roof&least=5").text,
    ):
        assert '<option value="Roof" selected>' in text
        assert 'name="least" type="text" value="5"' in text
    assert "<html" not in busy.partial("/leads/filters").text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"owner": "x"}, 404),
        ({"owner": str(new_id())}, 404),
        ({"tag": "\x00'"}, 404),
        ({"from": "yesterday"}, 422),
        ({"until": "9999-12-31"}, 422),
        ({"least": "-1"}, 422),
        ({"most": "1" * 500}, 422),
        ({"channel": "\x00" * 300}, 200),
    ],
)
def test_hostile_addresses(office: Office, asked: dict[str, str], status: int) -> None:
    assert office.person.client.get("/leads", query_string=asked).status_code == status


def test_a_tag_and_an_owner_of_another_company_are_not_known(busy: Office, bob: Person, office_of: OfficeOf) -> None:
    others = office_of(bob)
    assert others.get("/leads?tag=roof").status_code == 404
    assert others.get(f"/leads?owner={busy.person.user_id}").status_code == 404
    assert "Roof" not in others.get("/leads/filters").text


@pytest.mark.slow
def test_what_narrowing_costs(office: Office, owner: Owner, statements: Statements) -> None:
    """At most four statements, and what is rare is found by its index: few pages of the table are touched."""
    with office.serving() as session:
        many.seed_many(session, MANY, currency="GBP")
        session.commit()
    office.lead("Xanthippe Quill", channel="SMS", value_minor=99_999_999, owner_id=office.person.user_id)
    tag(office, "Xanthippe Quill", "Rare")
    owner.execute("ANALYZE leads, stages, lead_tags")
    blocks = int(str((owner.execute("SELECT pg_relation_size('leads') / 8192").fetchone() or (0,))[0]))
    for asked in ("channel=SMS", "least=999000", "owner=me", "tag=Rare", "q=xanthippe", "owner=me&tag=rare&q=xan"):
        statements.clear()
        assert names(office, f"/leads?{asked}") == ["Xanthippe Quill"], asked
        assert len(statements) <= 4, asked
        statement, parameters = statements[-1]
        with office.serving() as session:
            explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            plan = session.connection().exec_driver_sql(explain, parameters).scalar_one()[0]["Plan"]
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < blocks / 2, asked
