"""What stands in a mail: nothing that a stranger typed can become a header, a line or a tag."""

import email
import email.policy
import uuid
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import utc_now
from app.mailing.gates import Claimed
from app.mailing.letters import Sender, address, write

SENDER = Sender("Leader <mail@leader.example>", "https://leader.example")
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"


def _claimed(name: str, to: str = "dana@example.com", unsubscribe: str = "") -> Claimed:
    values = {"name": name, "email": "new@example.com", "path": "/confirm/abc"}
    return Claimed(uuid.uuid4(), 1, 1, utc_now(), "allow_new_address", to, "en", values, unsubscribe)


def _written(app: Flask, claimed: Claimed) -> email.message.EmailMessage:
    with app.app_context():
        raw = write(app.jinja_env, SENDER, claimed).as_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def test_both_parts_and_the_headers(application: Flask) -> None:
    message = _written(application, _claimed("Dana O'Hara <b>"))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain and html
    assert "Hello Dana O'Hara <b>," in plain.get_content()
    assert "Hello Dana O&#39;Hara &lt;b&gt;," in html.get_content()
    for part in (plain, html):
        assert "https://leader.example/confirm/abc" in part.get_content()
    assert message["From"] == "Leader <mail@leader.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert "<img" not in html.get_content()


def test_optional_mail_can_be_ended_with_one_click(application: Flask) -> None:
    message = _written(application, _claimed("Dana", unsubscribe="/unsubscribe/abc"))
    assert message["List-Unsubscribe"] == "<https://leader.example/unsubscribe/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@given(st.text(max_size=200))
def test_no_name_adds_a_header_or_a_tag(application: Flask, name: str) -> None:
    message = _written(application, _claimed(name + "\r\nBcc: all@example.com"))
    assert message["Bcc"] is None
    html = message.get_body(("html",))
    assert html and html.get_content().count("<p>") == 4


@pytest.mark.parametrize("to", ["a@example.com\nBcc: b@example.com", "a@example.com, b@example.com", "", "a"])
def test_one_mail_goes_to_one_address(application: Flask, to: str) -> None:
    with pytest.raises((ValueError, IndexError, email.errors.MessageError)):
        _written(application, _claimed("Dana", to=to))


def test_the_sender_in_its_parts() -> None:
    assert address("Leader <mail@leader.example>").display_name == "Leader"
    assert address("mail@leader.example").addr_spec == "mail@leader.example"


def test_each_mail_has_both_parts() -> None:
    plain = {path.stem for path in TEMPLATES.glob("*.txt")}
    assert plain == {path.stem for path in TEMPLATES.glob("*.html")}
