"""The mail catcher keeps mail, shows it, and lets nothing in it run."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import requests

from sandbox import Practice
from tests.sandbox.conftest import get


@pytest.fixture
def line(practice: Practice) -> Iterator[smtplib.SMTP]:
    port = int(practice.mail_url.rsplit(":", 1)[1])
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
        yield smtp


def _message(to: str = "dana@example.com", html: str = "<p>Hello</p>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "leader@leader.example", to, "Grüße"
    message.set_content("See http://127.0.0.1:8000/x?a=1 now")
    message.add_alternative(html, subtype="html")
    return message


def test_a_mail_is_kept_and_shown(practice: Practice, line: smtplib.SMTP) -> None:
    line.send_message(_message())
    [mail] = get(practice, "mails?to=DANA@example.com")["mails"]
    assert (mail["subject"], mail["links"]) == ("Grüße", ["http://127.0.0.1:8000/x?a=1"])
    assert get(practice, "mails?to=other@example.com")["mails"] == []
    assert "Grüße" in requests.get(f"{practice.http_url}/mail", timeout=10).text
    shown = requests.get(f"{practice.http_url}/mail/letter?id={mail['id']}", timeout=10).text
    assert '<a href="http://127.0.0.1:8000/x?a=1" rel="noopener" target="_blank">' in shown
    requests.post(f"{practice.http_url}/mail/forget", timeout=10)
    assert get(practice, "mails")["mails"] == []


def test_nothing_runs_in_the_frame(practice: Practice, line: smtplib.SMTP) -> None:
    line.send_message(_message(html="<script>alert(1)</script>"))
    [mail] = get(practice, "mails")["mails"]
    answer = requests.get(f"{practice.http_url}/mail/html?id={mail['id']}", timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy and "default-src 'none'" in policy and "script" not in policy


@pytest.mark.parametrize(("to", "code"), [("x@refused.example", 550), ("x@later.example", 451)])
def test_domains_that_refuse(line: smtplib.SMTP, to: str, code: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        line.send_message(_message(to))
    assert refused.value.recipients[to][0] == code


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "1"])
def test_mail_that_is_not_there(practice: Practice, number: str) -> None:
    for page in ("letter", "html"):
        assert requests.get(f"{practice.http_url}/mail/{page}", params={"id": number}, timeout=10).status_code == 400


def test_a_broken_mail_is_shown_as_well(practice: Practice, line: smtplib.SMTP) -> None:
    raw = b"Subject: x\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe"
    line.sendmail("a@example.com", ["b@example.com"], raw)
    [mail] = get(practice, "mails")["mails"]
    assert requests.get(f"{practice.http_url}/mail/letter?id={mail['id']}", timeout=10).ok
