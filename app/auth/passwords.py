"""Passwords: how they are kept (argon2id), compared, and refused when they are easy to guess."""

import re
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from app.core.ids import new_secret
from app.core.words import gettext as _

MIN_LENGTH = 10
MAX_LENGTH = 200
_PASSING_SCORE = 3
_GUESSED_LENGTH = 72
"""zxcvbn's work grows steeply with the length; a longer password is judged by its beginning."""


class Hasher:
    """argon2id with the given memory, two passes and one lane."""

    def __init__(self, memory_kib: int) -> None:
        self._argon2 = PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._nobodys = self.hash(new_secret())

    def hash(self, password: str) -> str:
        return self._argon2.hash(_normal(password))

    def matches(self, password: str, stored: str | None) -> bool:
        """True when the password fits. With no stored hash the same work is done for nothing, so that the
        time does not tell whether an address is known."""
        try:
            fits = self._argon2.verify(stored or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """True when the hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(stored)


@lru_cache(maxsize=4)
def hasher(memory_kib: int) -> Hasher:
    """The process's hasher for this amount of memory."""
    return Hasher(memory_kib)


def weakness(password: str, known: tuple[str, ...]) -> str | None:
    """A sentence about what is wrong with a new password, none when it is fit.

    `known` is what others know about the person: name, address, company.
    """
    if len(password) < MIN_LENGTH:
        return _(
            "Use at least %(least)s characters. Three or four words that do not belong together work well.",
            least=MIN_LENGTH,
        )
    if len(password) > MAX_LENGTH:
        return _("Use at most %(max)d characters.", max=MAX_LENGTH)
    guess = zxcvbn(_normal(password)[:_GUESSED_LENGTH], user_inputs=_words(known))
    if guess["score"] < _PASSING_SCORE:
        return _("This password is easy to guess. Three or four words that do not belong together work well.")
    return None


def _words(known: tuple[str, ...]) -> list[str]:
    """Each text whole, in its words, and with its words run together."""
    parts = []
    for text in known:
        words = re.findall(r"\w+", text.lower())
        parts += [text.lower(), "".join(words), *words]
    return [part for part in parts if len(part) > 2]


def _normal(password: str) -> str:
    """The same characters typed on different keyboards become the same bytes (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)
