"""The policies: every commitment kept, every clause with its screen, and nobody misses a change."""

import re
import tomllib
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.core.tenancy import serve
from app.core.words import LANGUAGES, SOURCE
from app.legal import comparing, seeing, versions
from app.public import cookies
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person

COMMITMENTS = tomllib.loads((Path(__file__).with_name("commitments.toml")).read_text())["commitment"]
ARABIC = {"Accept-Language": "ar"}
PAGES = {"privacy": "/privacy", "google": "/privacy/google", "terms": "/terms", "sub-processors": "/sub-processors"}


@pytest.mark.parametrize("commitment", COMMITMENTS, ids=lambda commitment: commitment["source"][:40])
def test_every_sentence_has_its_clause(client: Browser, commitment: dict[str, str]) -> None:
    version = versions.current(commitment["policy"])
    texts = {clause.id: clause.text for clause in version.clauses} | {"": version.intro}
    assert commitment["words"] in texts[commitment["clause"]]
    assert commitment["words"] in client.get(PAGES[commitment["policy"]]).text.replace("&#39;", "'")


@pytest.mark.parametrize("policy", versions.POLICIES)
def test_every_clause_leads_to_a_screen_that_exists(app: Flask, client: Browser, policy: str) -> None:
    page = client.get(PAGES[policy])
    assert page.status_code == 200 and page.text.count("<h1") == 1
    for version in versions.versions(policy):
        for clause in version.clauses:
            assert clause.text.strip() and f'id="{clause.id}"' in page.text
            assert not clause.screen or clause.screen in app.view_functions, f"{policy}: {clause.screen}"
            assert bool(clause.screen) == bool(clause.screen_label)


def test_the_policy_names_its_day_and_the_limited_use_policy(client: Browser) -> None:
    assert 'Last updated: <time datetime="2026-11-24">24 Nov 2026</time>' in client.get("/privacy").text
    page = client.get("/privacy/google").text
    assert 'href="https://developers.google.com/terms/api-services-user-data-policy"' in page


def test_versions_and_changes_are_readable(client: Browser) -> None:
    assert "2026-11-24" in client.get("/policies/privacy").text
    assert client.get("/policies/privacy/2026-11-24").status_code == 200
    assert "no earlier version" in client.get("/policies/privacy/2026-11-24/changes").text
    for address in ("/policies/secret", "/policies/privacy/2020-01-01", "/policies/..%2F..%2Fetc/x"):
        assert client.get(address).status_code == 404


TRANSLATIONS = [code for code in LANGUAGES if code != SOURCE]


@pytest.mark.parametrize("code", TRANSLATIONS)
@pytest.mark.parametrize("policy", versions.POLICIES)
def test_every_version_is_translated_clause_by_clause(app: Flask, policy: str, code: str) -> None:
    for path in (versions.FOLDER / policy).glob("????-??-??.toml"):
        english = tomllib.loads(path.read_text())
        told = tomllib.loads(path.with_suffix(f".{code}.toml").read_text())
        assert english.keys() == told.keys()
        for clause, translation in zip(english["clause"], told["clause"], strict=True):
            assert translation.keys() == clause.keys() - {"screen", "link"}, clause["id"]
            assert translation["id"] == clause["id"]
            assert len(versions.blocks(translation["text"])) == len(versions.blocks(clause["text"]))
            for mine, theirs in zip(versions.blocks(translation["text"]), versions.blocks(clause["text"]), strict=True):
                assert (mine.is_list, len(mine.lines)) == (theirs.is_list, len(theirs.lines)), clause["id"]


def test_an_arabic_reader_reads_arabic_and_finds_the_binding_text(client: Browser) -> None:
    page = client.get("/privacy", headers=ARABIC).text
    assert "سياسة الخصوصية" in page and "Account and profile" not in page and 'id="your-rights"' in page
    binding = re.search(r'href="([^"]+)" hreflang="en"', page)
    assert binding and "Account and profile" in client.get(binding[1], headers=ARABIC).text


@pytest.mark.usefixtures("changed")
def test_words_are_compared_in_one_language(client: Browser) -> None:
    address = "/policies/privacy/2099-01-01/changes"
    assert "<ins>few </ins>" in client.get(address, headers=ARABIC).text, "that version speaks English alone"
    folder = versions.FOLDER / "privacy"
    text = (folder / "2026-11-24.ar.toml").read_text()
    (folder / "2099-01-01.ar.toml").write_text(text.replace("نحتفظ بالبيانات", "نحتفظ ببعض البيانات"))
    versions.translated.cache_clear()
    page = client.get(address, headers=ARABIC).text
    assert "<ins>ببعض البيانات</ins>" in page and "<del>بالبيانات</del>" in page


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_a_comparison_tells_both_texts(before: str, now: str) -> None:
    pieces = comparing.compare(before, now)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == now


def test_a_comparison_names_the_words() -> None:
    pieces = comparing.compare("We keep it long.", "We keep it short.")
    assert [(piece.kind, piece.text.strip()) for piece in pieces][1:] == [("removed", "long."), ("added", "short.")]


def test_a_user_id_tells_the_day() -> None:
    assert seeing.joined_on(new_id()) == datetime.now(UTC).date()
    assert seeing.joined_on(uuid.uuid4()) == date.min


def test_who_joined_after_the_change_sees_no_notice(alice: Person, statements: list[tuple[str, object]]) -> None:
    assert not seeing.may_be_unseen(alice.user_id, "")
    assert "Policies that changed" not in alice.client.get("/leads").text
    assert not [text for text, _ in statements if "policy_acknowledgements" in text]


def test_signing_up_is_remembered_with_the_hash(owner: Owner, alice: Person) -> None:
    rows = owner.execute("SELECT policy, sha256, way FROM policy_acknowledgements WHERE user_id = %s", (alice.user_id,))
    found = {str(row[0]): (row[1], row[2]) for row in rows.fetchall()}
    assert found == {policy: (versions.current(policy).sha256, "signed_up") for policy in versions.POLICIES}


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The privacy policy has a version of tomorrow."""
    for policy in versions.POLICIES:
        (tmp_path / policy).mkdir()
        for path in (versions.FOLDER / policy).glob("*.toml"):
            (tmp_path / policy / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "privacy" / "2026-11-24.toml").read_text()
    text = text.replace("The first version.", "Fewer cookies.").replace("We use cookies", "We use few cookies")
    (tmp_path / "privacy" / "2099-01-01.toml").write_text(text)
    monkeypatch.setattr(versions, "FOLDER", tmp_path)
    versions.versions.cache_clear()
    versions.translated.cache_clear()
    yield  # type: ignore[misc]
    versions.versions.cache_clear()
    versions.translated.cache_clear()


@pytest.mark.usefixtures("changed")
def test_a_change_is_told_until_it_is_seen(alice: Person, client: Browser, owner: Owner) -> None:
    owner.execute("DELETE FROM policy_acknowledgements")  # she signed up before that version
    assert 'datetime="2099-01-01"' in client.get("/privacy").text
    assert "<ins>few </ins>" in client.get("/policies/privacy/2099-01-01/changes").text
    assert "Changed: Privacy Policy." in alice.client.get("/leads").text
    page = alice.client.get("/policies/news").text
    assert "Fewer cookies." in page
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    assert seen[0] == "privacy/2099-01-01"
    assert alice.client.post("/policies/news/seen", data={"seen": seen}).status_code == 303
    assert "Changed: Privacy Policy." not in alice.client.get("/leads").text
    assert "Nothing is new to you" in alice.client.get("/policies/news").text
    alice.client.delete_cookie("leader_policies", domain="127.0.0.1")
    assert "Changed: Privacy Policy." not in alice.client.get("/leads").text, "the database remembers too"
    row = owner.execute("SELECT count(*) FROM policy_acknowledgements WHERE way = 'notice'").fetchone()
    assert row == (1,)


@pytest.mark.usefixtures("changed")
def test_only_what_the_page_listed_is_seen(alice: Person, owner: Owner) -> None:
    owner.execute("DELETE FROM policy_acknowledgements")
    for listed in ([], ["privacy/2026-11-24", "secret/x", ""]):
        assert alice.client.post("/policies/news/seen", data={"seen": listed}).status_code == 303
        assert alice.client.cookie("leader_policies") is None
        assert "Changed: Privacy Policy." in alice.client.get("/leads").text
    row = owner.execute("SELECT count(*) FROM policy_acknowledgements").fetchone()
    assert row == (0,)


@pytest.mark.usefixtures("changed")
def test_two_quick_clicks_are_one(
    alice: Person, session: Session, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both requests found the version unseen."""
    owner.execute("DELETE FROM policy_acknowledgements")
    serve(session, alice.company_id)
    new = seeing.unseen(session, alice.user_id)
    monkeypatch.setattr(seeing, "unseen", lambda _session, _user_id: new)
    for _click in range(2):
        assert seeing.acknowledge(session, alice.user_id, {version.key for version in new})
    session.commit()
    row = owner.execute("SELECT count(*) FROM policy_acknowledgements").fetchone()
    assert row == (len(new),)


@pytest.mark.usefixtures("changed")
def test_the_cookie_speaks_for_one_person_alone() -> None:
    one, another = new_id(), new_id()
    assert not seeing.may_be_unseen(one, seeing.mark_of(one))
    assert seeing.may_be_unseen(another, seeing.mark_of(one))
    assert str(cookies.KINDS[seeing.COOKIE].lasts) == "A year" and seeing.COOKIE_LASTS == 365 * 86_400


@pytest.mark.usefixtures("changed")
def test_viewers_see_notices_too(viewer: Person) -> None:
    assert viewer.client.post("/policies/news/seen").status_code == 303
