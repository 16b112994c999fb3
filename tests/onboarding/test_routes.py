"""The first steps: what ticks them off, who may do what, and what the web person gets to see."""

import re
from urllib.parse import unquote

import pytest

from app.core.events import Actor
from app.onboarding import steps
from app.onboarding.steps import Progress
from app.seeding import stories
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf

PAGE = "/getting-started"


def site_key(owner: Owner, person: Person) -> str:
    row = owner.execute("SELECT site_key FROM capture_sources WHERE company_id = %s", (person.company_id,)).fetchone()
    assert row
    return str(row[0])


def progress(office: Office) -> Progress:
    with office.serving() as session:
        return steps.progress(session)


def test_the_tag_ticks_off_the_first_step(office: Office, client: Browser, owner: Owner) -> None:
    assert "Waiting for the first visit" in office.get(PAGE).text
    client.post(f"/c/{site_key(owner, office.person)}/seen", data="/quote")
    assert "Your website was seen: /quote" in office.partial(PAGE).text
    assert progress(office).state(1) == "done"


def test_a_test_lead_ticks_off_the_second_and_a_sample_does_not(office: Office) -> None:
    office.post(f"{PAGE}/samples", {})
    assert not progress(office).has_lead
    answer = office.post("/website/test-lead", {})
    assert (answer.status_code, answer.location) == (303, "/leads")
    page = office.get("/leads").text
    assert "Test lead" in page and "<b>Test</b>" in page and "It is marked as a test" in page
    assert progress(office).has_lead


def test_the_first_step_that_is_not_done_is_the_current_one(office: Office) -> None:
    assert not progress(office).has_conversion
    assert Progress(None, has_lead=True, has_conversion=True).state(1) == "current"
    assert Progress(None, has_lead=False, has_conversion=False).state(2) == "todo"
    assert Progress(None, has_lead=True, has_conversion=True).done == 2


def test_the_page_stops_asking(office: Office) -> None:
    assert f'hx-get="{PAGE}?looks=1"' in office.get(PAGE).text
    for looks in ("200", "999999999999999999", "x", "-1", "²"):
        part = office.partial(f"{PAGE}?looks={looks}").text
        assert "every 3s" not in part and "Look again" in part


def test_the_part_is_one_element(office: Office) -> None:
    part = office.partial(PAGE).text.strip()
    assert part.startswith("<section") and part.endswith("</section>") and part.count('id="progress"') == 1


@pytest.mark.parametrize("system", ["wordpress", "wix", "squarespace", "tag_manager", "html", "nonsense"])
def test_each_system_has_its_steps_with_the_real_key(office: Office, owner: Owner, system: str) -> None:
    page = office.get(f"{PAGE}?site={system}").text
    assert page.count('<ol class="numbered">') == 1
    assert site_key(owner, office.person) in page and "/t.js" in page


def test_the_web_person_sees_the_steps_and_nothing_else(office: Office, client: Browser, owner: Owner) -> None:
    page = office.get(PAGE).text
    letter = unquote(re.search(r'href="(mailto:[^"]+)"', page)[1]).replace("&amp;", "&")  # type: ignore[index]
    link = re.search(r"http://127\.0\.0\.1:8000(/install/\S+)", letter)
    assert link and office.person.company_name.replace("'", "") in letter.replace("'", "").replace("&#39;", "")
    answer = client.get(link[1])
    assert answer.status_code == 200 and answer.headers["X-Robots-Tag"] == "noindex"
    assert site_key(owner, office.person) in answer.text
    assert office.person.email not in answer.text
    for wrong in ("/install/x", link[1][:-1], f"/install/{site_key(owner, office.person)}"):
        assert client.get(wrong).status_code == 404


def test_samples_come_and_go_and_leave_the_real_ones(office: Office, office_of: OfficeOf, charlie: Person) -> None:
    mine, theirs = office.lead("Real Person"), office_of(charlie).post(f"{PAGE}/samples", {})
    assert theirs.status_code == 303
    for _ in range(2):  # a second click adds nothing
        office.post(f"{PAGE}/samples", {})
    table = office.get("/leads").text
    assert table.count("<b>Sample</b>") == 12 and "are never exported" in table
    assert "12 sample leads go for good" in office.get(PAGE).text
    answer = office.post(f"{PAGE}/samples/clear", {})
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "12 sample leads are gone." in office.get(PAGE).text
    assert office.read(mine).name == "Real Person"
    assert "<b>Sample</b>" not in office.get("/leads").text
    assert office_of(charlie).get("/leads").text.count("<b>Sample</b>") == 12


def test_samples_fit_stages_of_other_names(office: Office, owner: Owner) -> None:
    owner.execute("UPDATE stages SET name = 'Step ' || position WHERE company_id = %s", (office.person.company_id,))
    with office.serving() as session:
        stories.tell_all(session, Actor(office.person.user_id, office.person.name))
        session.commit()
    assert "Step 4" in office.get("/leads").text


def test_put_away_the_line_leaves_the_menu_and_the_page_stays(office: Office) -> None:
    line = f'<a class="nav__link" href="{PAGE}"'
    assert line in office.get("/leads").text
    assert office.post(f"{PAGE}/end", {}).location == "/leads"
    assert line not in office.get("/leads").text
    assert office.get(PAGE).status_code == 200
    assert f'<a class="menu__item" href="{PAGE}"' in office.get("/leads").text


def test_viewers_look_and_do_not_touch(viewer: Person) -> None:
    page = viewer.client.get(PAGE).text
    assert "Load sample leads" not in page and "/website/test-lead" not in page
    for address in (f"{PAGE}/end", f"{PAGE}/samples", f"{PAGE}/samples/clear", "/website/test-lead"):
        assert viewer.client.post(address).status_code == 403


def test_strangers_sign_in_first(client: Browser) -> None:
    assert client.get(PAGE).location == "/sign-in?next=/getting-started"
