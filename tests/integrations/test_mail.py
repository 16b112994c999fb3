"""Handing mail to a server: what helps to try again and what does not."""

import socket
from email.message import EmailMessage

import pytest

from app.core.errors import PermanentError, RetryableError
from app.integrations.mail import MailUrl, Postbox
from sandbox import Practice


def _message(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "leader@leader.example", to
    message.set_content("Hello")
    return message


def test_the_address_in_its_parts() -> None:
    url = MailUrl("smtp://me%40x:p%2Fw@mail.example:587?starttls=1")
    assert (url.host, url.port, url.user, url.password) == ("mail.example", 587, "me@x", "p/w")
    assert (url.starttls, url.is_tls) == (True, False)
    assert (MailUrl("smtps://mail.example").port, MailUrl("smtps://mail.example").is_tls) == (465, True)


def test_a_refusal_keeps_the_line_for_the_next(practice: Practice) -> None:
    with Postbox(practice.mail_url) as postbox:
        with pytest.raises(PermanentError) as error:
            postbox.send(_message("x@refused.example"))
        assert error.value.reason.startswith("550")
        with pytest.raises(RetryableError):
            postbox.send(_message("x@later.example"))
        postbox.send(_message("x@example.com"))


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with Postbox(f"smtp://127.0.0.1:{port}") as postbox, pytest.raises(RetryableError) as error:
        postbox.send(_message("x@example.com"))
    assert error.value.reason == "ConnectionRefusedError"


def test_a_server_that_knows_no_sign_in(practice: Practice) -> None:
    """Ours to put right, not the mail's fault: it is tried again."""
    url = practice.mail_url.replace("smtp://", "smtp://me:secret@")
    with Postbox(url) as postbox, pytest.raises(RetryableError) as error:
        postbox.send(_message("x@example.com"))
    assert error.value.reason == "SMTPNotSupportedError"
