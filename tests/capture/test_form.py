"""The hosted form, the embedded one, and a shop's own form that posts to the same address."""

import html
import io
import json
import re

import pytest

from tests.capture.conftest import JANE, TABLES, Site
from tests.capture.test_json_address import AD


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def test_the_form_works_without_a_script(site: Site) -> None:
    visitor = site.stranger()
    page = visitor.get(f"/f/{site.key}?utm_source=flyer&utm_medium=print", headers={"Referer": "https://maps.example/"})
    assert page.status_code == 200
    assert "Contact Alice&#39;s Awnings" in page.text
    assert "We use what you send here" in page.text
    answer = visitor.post(f"/f/{site.key}", data={**JANE, **hidden(page.text)}, csrf=False)
    assert answer.status_code == 303
    thanks = visitor.get(answer.headers["Location"])
    assert "Your message is with Alice&#39;s Awnings" in thanks.text
    assert site.row("consents")["wording"].startswith("We use what you send here")
    touch = site.row("touchpoints")
    assert (touch["utm"], touch["referrer"]) == (
        {"utm_source": "flyer", "utm_medium": "print"},
        "https://maps.example/",
    )
    assert site.row("leads")["source_words"] == "flyer · hosted form"


def test_nobody_gets_a_cookie(site: Site) -> None:
    visitor = site.stranger()
    for answer in (visitor.get(f"/f/{site.key}"), site.fill(JANE), visitor.get(f"/f/{site.key}/thanks")):
        assert "Set-Cookie" not in answer.headers


def test_pressing_the_button_twice_is_one_lead(site: Site) -> None:
    fields = {**JANE, **hidden(site.stranger().get(f"/f/{site.key}").text)}
    assert [site.fill(fields).status_code for _ in range(2)] == [303, 303]
    assert site.counts()["leads"] == 1


def test_a_shops_own_form_with_the_tag(site: Site) -> None:
    leader = {
        "v": 1,
        "client_event_id": "e-1",
        "first": AD,
        "last": AD,
        "consent": {"ad_user_data": "granted"},
    }
    site.fill({**JANE, "roof": "slate", "leader": json.dumps(leader)})
    assert site.row("leads")["channel"] == "Paid Search"
    assert site.row("consents")["ad_user_data"] == "granted"
    assert site.body()["fields"]["roof"] == "slate"
    assert site.row("inbox_items")["client_event_id"] == "e-1"


def test_a_shops_own_form_without_a_script(site: Site) -> None:
    site.fill(JANE, headers={"Referer": "https://shop.example/quote?gclid=Cj0K"})
    assert site.row("touchpoints")["click_ids"] == {"gclid": "Cj0K"}


def test_a_form_with_files_is_taken_without_them(site: Site) -> None:
    assert site.fill(JANE, content_type="multipart/form-data").status_code == 303


def test_errors_show_the_form_with_what_was_typed(site: Site) -> None:
    typed = {**JANE, "email": "jane@", "roof": '"><script>', "leader": '{"v": 1}'}
    answer = site.fill(typed)
    assert answer.status_code == 422
    assert "This does not look like an e-mail address" in answer.text
    assert 'value="jane@"' in answer.text
    assert "Our roof leaks." in answer.text
    assert hidden(answer.text)["roof"] == '"><script>'
    assert hidden(answer.text)["leader"] == '{"v": 1}'
    assert "<script>" not in answer.text.split('id="contact-form"')[1].split("</form>")[0]
    assert site.counts() == dict.fromkeys(TABLES, 0)


def test_inside_another_page(site: Site) -> None:
    visitor = site.stranger()
    page = visitor.get(f"/f/{site.key}?embed=1", headers={"Referer": "https://shop.example/contact"})
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert hidden(page.text)["leader_page"] == "https://shop.example/contact"
    wrong = site.fill({"name": "Jane"}, query="?embed=1")
    assert (wrong.status_code, "frame-ancestors *" in wrong.headers["Content-Security-Policy"]) == (422, True)
    answer = site.fill(JANE, query="?embed=1")
    thanks = visitor.get(answer.headers["Location"])
    assert "frame-ancestors *" in thanks.headers["Content-Security-Policy"]
    assert "site__header" not in thanks.text


def test_on_its_own_it_stands_in_no_frame(site: Site) -> None:
    page = site.stranger().get(f"/f/{site.key}")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_what_a_machine_filled_in_is_answered_as_usual_and_kept_apart(site: Site) -> None:
    assert site.fill({**JANE, "website": "http://spam.example"}).status_code == 303
    assert site.row("leads")["is_spam"]


@pytest.mark.parametrize("path", ["/f/{}", "/f/{}?embed=1", "/f/{}/thanks"])
@pytest.mark.parametrize("key", ["0" * 32, "nothing", "%00"])
def test_an_unknown_site_key(site: Site, path: str, key: str) -> None:
    assert site.stranger().get(path.format(key)).status_code == 404
    assert site.stranger().post(f"/f/{key}", data=JANE, csrf=False).status_code == 404


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (415, {"data": "{}", "content_type": "application/json"}),
        (415, {"data": "x", "content_type": "text/plain"}),
        (413, {"data": {"name": "n" * 1_000_000}}),
        (413, {"data": {"name": "n" * 1_000_000}, "content_type": "multipart/form-data"}),
        (422, {"data": {str(number): "x" for number in range(4_000)}}),
        (422, {"data": b"name=%00%00&email=%ff%fe", "content_type": "application/x-www-form-urlencoded"}),
        (422, {"data": b"", "content_type": "application/x-www-form-urlencoded"}),
    ],
)
def test_bad_input_leaves_nothing(site: Site, status: int, request_: dict[str, object]) -> None:
    answer = site.stranger().post(f"/f/{site.key}", csrf=False, **request_)
    assert answer.status_code == status
    assert site.counts() == dict.fromkeys(TABLES, 0)


def test_a_form_of_unknown_length_is_not_taken_in_part(site: Site) -> None:
    body = io.BytesIO(b"email=a@b.example&message=" + b"m" * 200_000)
    chunked = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = site.fill({"name": "Jane"}, environ_overrides=chunked)
    assert answer.status_code == 411
    assert site.counts() == dict.fromkeys(TABLES, 0)


def test_too_much_from_one_address(site: Site) -> None:
    visitor = site.stranger()
    answers = [visitor.post(f"/f/{site.key}", data={"name": "Jane"}, csrf=False) for _ in range(61)]
    assert answers[59].status_code == 422
    assert answers[60].status_code == 429
    assert int(answers[60].headers["Retry-After"]) >= 1
