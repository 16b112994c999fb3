"""Keeping others out: what is shown to one person must not tell about another.

Free text may name anybody. E-mail addresses and phone numbers that are not the person's own, and the names of the
company's people, are blacked out; whoever hands the pack over still reads it first.
"""

import re
from collections.abc import Collection
from typing import Any

import phonenumbers

from app.leads import contact

BLACK = "▇▇▇"
_EMAIL = re.compile(r"[^\s@<>()\[\]\",;:]{1,64}@[^\s@<>()\[\]\",;:]{1,255}")


class Redactor:
    """Blacks out what is not the person's own. `own` are their e-mail addresses and numbers in international form."""

    def __init__(self, own: Collection[str], staff: Collection[str], region: str) -> None:
        self._own = {text.lower() for text in own if text}
        self._region = region
        names = sorted((re.escape(name) for name in staff if len(name) > 1), key=len, reverse=True)
        self._staff = re.compile(rf"(?<!\w)({'|'.join(names)})(?!\w)", re.IGNORECASE) if names else None

    def clean(self, value: Any) -> Any:
        """The same value, texts inside lists and objects included."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {key: self.clean(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.clean(inner) for inner in value]
        return value

    def _text(self, text: str) -> str:
        text = _EMAIL.sub(lambda found: found[0] if found[0].rstrip(".").lower() in self._own else BLACK, text)
        for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, self._region))):
            if contact.e164(match.raw_string, self._region) not in self._own:
                text = text[: match.start] + BLACK + text[match.end :]
        return self._staff.sub(BLACK, text) if self._staff else text
