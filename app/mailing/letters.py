"""A letter: subject, plain text and HTML of one mail, drawn from its templates.

A template `templates/email/<name>.txt` extends `email/layout.txt` and fills the blocks `subject` and `body`;
`<name>.html` extends `email/layout.html` and fills `body`. Both see the posted values and `link(path)`, which makes a
whole address of a path of ours; no other address of ours is ever written, so that a forged Host header cannot lead
anybody astray.
"""

import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, Template

from app.core import words
from app.mailing.gates import Claimed


@dataclass(frozen=True)
class Sender:
    """Who all mail comes from, and where its links lead."""

    mail_from: str
    base_url: str

    def link(self, path: str) -> str:
        return self.base_url.rstrip("/") + path


def write(environment: Environment, sender: Sender, mail: Claimed) -> EmailMessage:
    """The whole message. The same mail gives the same message, with the same Message-ID, at every try."""
    values = {**_clean(mail.values), "link": sender.link, "unsubscribe": mail.unsubscribe}
    with words.in_language(mail.language):
        plain = environment.get_template(f"email/{mail.template}.txt")
        marked_up = environment.get_template(f"email/{mail.template}.html")
        subject = " ".join(_block(plain, "subject", values).split())
        text = plain.render(values)
        html = marked_up.render(values, subject=subject, **words.language_and_direction())
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = address(sender.mail_from)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{urlsplit(sender.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{sender.link(mail.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text.strip() + "\n")
    message.add_alternative(html, subtype="html")
    return message


def address(written: str) -> Address:
    """ "Leader <mail@leader.example>" in its parts. Raises ValueError or IndexError when it is none."""
    name, spec = parseaddr(written)
    return Address(display_name=name, addr_spec=spec)


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(values)))


def _clean(value: Any) -> Any:
    """The same without control characters, so that nobody's name can draw lines of its own into a mail."""
    if isinstance(value, str):
        return "".join(sign for sign in value if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value
