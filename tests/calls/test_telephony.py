"""The providers' signatures, by their published examples, and reading what strangers may send."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.outcome import Facts, merged
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.integrations.telephony import callrail, generic, reading, twilio
from app.integrations.telephony.news import Hook
from tests.calls.conftest import as_json

EXAMPLE = Path(__file__).parent / "callrail_example.json"
"""The body of CallRail's published example, byte for byte."""

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
BODY = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
PUBLISHED = Hook(URL, {**FORM, "X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}, BODY)


def test_twilios_published_example() -> None:
    assert twilio.is_genuine("12345", PUBLISHED)
    assert twilio.is_genuine("12345", replace(PUBLISHED, url=URL.replace(".com", ".com:443")))


@pytest.mark.parametrize(
    "forged",
    [
        replace(PUBLISHED, body=BODY + b"&Digits=1"),
        replace(PUBLISHED, url=URL + "3"),
        replace(PUBLISHED, headers=FORM),
        replace(PUBLISHED, headers={**FORM, "X-Twilio-Signature": "\xe9"}),
        replace(PUBLISHED, body=b"\xff"),
        replace(PUBLISHED, headers={"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}),
    ],
)
def test_a_forged_message_of_twilio(forged: Hook) -> None:
    assert not twilio.is_genuine("12345", forged)
    assert not twilio.is_genuine("12346", PUBLISHED)


def test_twilio_signs_json_by_its_digest() -> None:
    body = b'{"a": 1}'
    url = f"https://mycompany.com/x?bodySHA256={hashlib.sha256(body).hexdigest()}"
    hook = Hook(url, {"X-Twilio-Signature": twilio.signature("12345", url, [])}, body)
    assert twilio.is_genuine("12345", hook)
    assert not twilio.is_genuine("12345", replace(hook, body=b"{}"))
    with pytest.raises(InvalidInputError):
        twilio.read(hook)


def test_callrails_published_example() -> None:
    hook = Hook("", {"Signature": "UZAHbUdfm3GqL7qzilGozGzWV64="}, EXAMPLE.read_bytes())
    assert callrail.is_genuine("072e77e426f92738a72fe23c4d1953b4", hook)
    news = callrail.read(hook)
    assert (news.caller, news.called, news.is_answered, news.seconds) == ("+12148654559", "+14045558514", False, 13)
    assert news.utm["utm_campaign"] == "Google AdWords"


def test_callrail_signs_the_raw_body() -> None:
    hook = Hook("", {"Signature": callrail.signature("key", b"{}")}, b"{}")
    assert len(base64.b64decode(callrail.signature("key", b"{}"))) == 20
    assert callrail.is_genuine("key", hook)
    assert not callrail.is_genuine("key", replace(hook, body=b"{} "))
    assert not callrail.is_genuine("other", hook)


def test_what_callrail_tells() -> None:
    body = as_json(
        id=155920786,
        answered=False,
        direction="inbound",
        duration="71",
        start_time=utc_now().isoformat(),
        customer_name="Ada",
        customer_phone_number="+14045550000",
        tracking_phone_number="+14045551111",
        source="google",
        medium="cpc",
        campaign="Roofs",
        gclid="Cj0abc",
        landing_page_url="https://shop.example/quote",
    )
    news = callrail.read(Hook("", {}, body))
    assert (news.external_id, news.is_over, news.is_answered, news.seconds) == ("155920786", True, False, 71)
    assert (news.caller, news.called, news.name) == ("+14045550000", "+14045551111", "Ada")
    assert news.utm == {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "Roofs"}
    assert news.click_ids == {"gclid": "Cj0abc"}
    assert news.at is not None


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_no_call_has_is_none(said: str) -> None:
    assert reading.instant(said) is None


def test_a_time_of_this_year_is_read() -> None:
    at = utc_now() - timedelta(days=399)
    assert reading.instant(at.isoformat()) == at
    assert reading.instant((at - timedelta(days=2)).isoformat()) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": true}', b'{"id": "1", "status": "?"}', b"\xff", b"[" * 9])
def test_what_no_telephone_system_should_send(body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        generic.read(Hook("", {}, body))


@given(st.dictionaries(st.text(max_size=12), st.text() | st.integers() | st.booleans() | st.none(), max_size=6))
def test_reading_never_fails_otherwise(fields: dict[str, object]) -> None:
    said = {"id": "1", "start_time": "x", "duration": "²", **fields}
    for read in (callrail.read, generic.read):
        try:
            read(Hook("", {}, as_json(**said) if all(k.isidentifier() for k in said) else b"{}"))
        except InvalidInputError:
            continue


FACTS = st.builds(Facts, st.booleans(), st.none() | st.booleans(), st.none() | st.integers(0, 9))


@given(FACTS, FACTS, FACTS)
def test_the_order_of_messages_does_not_matter(one: Facts, two: Facts, three: Facts) -> None:
    assert merged(merged(one, two), three) == merged(merged(three, one), two)
    assert merged(one, one) == one
    assert merged(Facts(), one) == one
