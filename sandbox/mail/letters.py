"""What was caught, the newest first, as plain values."""

import datetime as dt
import email
import email.policy
import re
import time
from dataclasses import dataclass
from email.message import EmailMessage

from sandbox.store import Store

KEPT = 500
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Letter:
    id: int
    received_at: str
    recipient: str
    sender: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)


class Letters:
    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, recipient: str, message: bytes) -> None:
        """Keep one mail, and only the newest of all."""
        with self._store.transaction() as db:
            values = (time.time(), recipient, message)
            db.execute("insert into mails (received_at, recipient, message) values (?, ?, ?)", values)
            db.execute("delete from mails where id <= (select max(id) from mails) - ?", (KEPT,))

    def all(self, recipient: str = "") -> list[Letter]:
        rows = self._store.all(
            "select * from mails where ?1 = '' or lower(recipient) = lower(?1) order by id desc", recipient
        )
        return [_letter(row["id"], row["received_at"], row["recipient"], row["message"]) for row in rows]

    def one(self, number: str) -> Letter | None:
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            return None
        row = self._store.one("select * from mails where id = ?", int(number))
        return _letter(row["id"], row["received_at"], row["recipient"], row["message"]) if row else None

    def forget(self) -> None:
        with self._store.transaction() as db:
            db.execute("delete from mails")


def _letter(number: int, received_at: float, recipient: str, raw: bytes) -> Letter:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return Letter(
        id=number,
        received_at=dt.datetime.fromtimestamp(received_at, dt.UTC).isoformat(timespec="seconds"),
        recipient=recipient,
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        headers={name: str(value) for name, value in message.items()},
    )


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        return str(part.get_content()) if part else ""
    except (LookupError, ValueError):  # a charset that does not exist, or bytes that are not in it
        return "This part could not be read."
