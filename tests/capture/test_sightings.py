"""The tag tells that it is there: what is kept, how often, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture.pool import Pool
from app.capture.rate import RateLimit
from app.capture.sightings import MOST_PAGES, Sightings, page_path
from app.core.config import Settings
from app.core.errors import NotFoundError
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person


@pytest.fixture
def site_key(alice: Person, owner: Owner) -> str:
    row = owner.execute("SELECT site_key FROM capture_sources WHERE company_id = %s", (alice.company_id,)).fetchone()
    assert row
    return str(row[0])


def sightings(settings: Settings) -> Sightings:
    """As a process has them that was started just now."""
    return Sightings(Pool(settings.database_url), RateLimit())


def paths(owner: Owner) -> list[str]:
    return [str(path) for (path,) in owner.execute("SELECT path FROM tag_sightings ORDER BY path").fetchall()]


def test_the_path_is_kept_and_nothing_else(client: Browser, site_key: str, owner: Owner, alice: Person) -> None:
    answer = client.post(f"/c/{site_key}/seen", data="/quote?email=jane@example.com#top", content_type="text/plain")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert paths(owner) == ["/quote"]
    assert owner.execute("SELECT company_id FROM tag_sightings").fetchone() == (alice.company_id,)


def test_a_page_is_written_once_a_minute(settings: Settings, site_key: str, owner: Owner) -> None:
    for _ in range(3):  # three processes at the same minute
        sightings(settings).note(site_key, "/quote", "10.0.0.1")
    assert owner.execute("SELECT count(*), bool_and(first_seen_at = last_seen_at) FROM tag_sightings").fetchone() == (
        1,
        True,
    )
    owner.execute("UPDATE tag_sightings SET last_seen_at = last_seen_at - interval '2 minutes'")
    sightings(settings).note(site_key, "/quote", "10.0.0.1")
    assert owner.execute("SELECT last_seen_at > now() - interval '1 minute' FROM tag_sightings").fetchone() == (True,)


def test_a_flood_of_made_up_pages_stays_small(settings: Settings, site_key: str, owner: Owner) -> None:
    seen = Sightings(Pool(settings.database_url), RateLimit(per_site=1_000, per_address=1_000))
    for number in range(MOST_PAGES + 20):
        seen.note(site_key, f"/{number}", "10.0.0.1")
    assert len(paths(owner)) == MOST_PAGES
    assert f"/{MOST_PAGES + 19}" in paths(owner)


@pytest.mark.parametrize("key", ["0" * 32, "x", "0" * 31 + "g"])
def test_an_unknown_key_is_told_so(settings: Settings, key: str) -> None:
    with pytest.raises(NotFoundError):
        sightings(settings).note(key, "/", "10.0.0.1")


def test_only_posts_of_a_bearable_size(client: Browser, site_key: str, owner: Owner) -> None:
    assert client.get(f"/c/{site_key}/seen").status_code == 405
    assert client.post(f"/c/{site_key}/seen", data="x" * 70_000).status_code == 413
    assert client.post(f"/c/{site_key}/seen/more").status_code == 404
    assert paths(owner) == []


def test_the_form_inside_a_page_tells_of_its_website(client: Browser, site_key: str, owner: Owner) -> None:
    client.get(f"/f/{site_key}?embed=1", headers={"Referer": "http://127.0.0.1:8000/website"})
    assert paths(owner) == []
    client.get(f"/f/{site_key}?embed=1", headers={"Referer": "https://shop.example/contact?x=1"})
    client.post(f"/f/{site_key}", data={"email": "a@b.example"}, headers={"Referer": "https://shop.example/quote"})
    assert paths(owner) == ["/contact", "/quote"]


@given(st.text() | st.sampled_from(["https://[", "//host/path", "javascript:x", "?", "https://shop.example"]))
def test_any_text_has_a_path(text: str) -> None:
    path = page_path(text)
    assert path.startswith("/") and len(path) <= 200 and "?" not in path and "\0" not in path and "\n" not in path
