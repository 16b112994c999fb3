"""Hands mail to an SMTP server.

The address is `smtp://user:password@host:587?starttls=1`, or `smtps://…` for TLS from the first byte. Raises
RetryableError (the server is down, busy, or refuses our sign-in) and PermanentError (it will never take this mail);
`reason` is what the server said.
"""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from app.core.errors import PermanentError, RetryableError

_TIMEOUT = 10.0
_LONGEST_REASON = 200
_DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class MailUrl:
    """MAIL_URL, which the settings have checked, in its parts."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self.is_tls = parts.scheme == "smtps"
        self.starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")


class Postbox:
    """A line to the server, opened with the first mail and kept for the next ones."""

    def __init__(self, url: str) -> None:
        self._url = MailUrl(url)
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail."""
        line = self._line or self._open()
        try:
            line.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refusal(code, said) from None
        except smtplib.SMTPResponseException as error:
            self._hang_up()
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError as error:
            raise PermanentError("The mail server cannot carry this mail.", reason=str(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise RetryableError("The mail server does not answer.", reason=type(error).__name__) from None

    def _open(self) -> smtplib.SMTP:
        """Whatever goes wrong here is between the server and us, and no mail's fault. The name of the error says
        enough: what a server says about a sign-in may repeat the user's name."""
        url, context = self._url, ssl.create_default_context()
        try:
            if url.is_tls:
                self._line = smtplib.SMTP_SSL(url.host, url.port, timeout=_TIMEOUT, context=context)
            else:
                self._line = smtplib.SMTP(url.host, url.port, timeout=_TIMEOUT)
            if url.starttls:
                self._line.starttls(context=context)
            if url.user:
                self._line.login(url.user, url.password)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise RetryableError("The mail server does not let us in.", reason=type(error).__name__) from None
        return self._line

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()


def _refusal(code: int, said: bytes | str) -> RetryableError | PermanentError:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    reason = f"{code} {' '.join(words.split())}"[:_LONGEST_REASON]
    if code >= 500:
        return PermanentError("The mail server does not take this mail.", reason=reason)
    return RetryableError("The mail server asks to try later.", reason=reason)
