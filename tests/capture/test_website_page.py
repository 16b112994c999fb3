"""The page on which a company finds its tag, its forms and the words about privacy."""

from app.capture.sources import DEFAULT_NOTICE
from tests.capture.conftest import JANE, Site
from tests.fixtures.browser import BASE_URL
from tests.fixtures.people import Person


def test_it_shows_what_to_copy(site: Site) -> None:
    page = site.person.client.get("/website").text
    assert f"{BASE_URL}/t.js&#34; data-site-key=&#34;{site.key}&#34; defer" in page
    assert f"{BASE_URL}/f/{site.key}?embed=1" in page
    assert "No lead has arrived yet" in page


def test_it_says_when_the_last_lead_arrived(site: Site) -> None:
    site.fill(JANE)
    assert "The last one arrived" in site.person.client.get("/website").text


def test_each_company_sees_its_own_key(site: Site, charlie: Person) -> None:
    assert site.key not in charlie.client.get("/website").text


def test_a_visitor_must_sign_in(site: Site) -> None:
    answer = site.stranger().get("/website")
    assert (answer.status_code, answer.headers["Location"].startswith("/sign-in")) == (303, True)


def test_other_words_stand_on_the_form_and_old_leads_keep_theirs(site: Site) -> None:
    site.fill({**JANE, "leader_page": ""})
    answer = site.person.client.post("/website/notice", data={"notice": "  Only to  answer you. "})
    assert answer.status_code == 303
    assert "Only to answer you." in site.stranger().get(f"/f/{site.key}").text
    site.fill({**JANE, "leader_page": ""})
    assert [row["wording"] for row in site.rows("consents")] == [DEFAULT_NOTICE, "Only to answer you."]


def test_words_that_cannot_be_kept(site: Site) -> None:
    for notice in ("", " ", "x" * 1_001):
        answer = site.person.client.post("/website/notice", data={"notice": notice})
        assert answer.status_code == 422
        assert "Write between 1 and 1000 characters" in answer.text
    assert DEFAULT_NOTICE in site.stranger().get(f"/f/{site.key}").text


def test_only_owner_and_admin_change_them(site: Site) -> None:
    for role in ("member", "viewer"):
        site.owner.execute("UPDATE members SET role = %s WHERE user_id = %s", (role, site.person.user_id))
        assert site.person.client.post("/website/notice", data={"notice": "Other"}).status_code == 403
        assert "Save the words" not in site.person.client.get("/website").text
