"""Is it spam? A verdict with its reasons, from what was sent alone. Nothing is refused: spam goes into quarantine.

Each sign has a weight; from 100 on the sending is taken for spam. One sign is enough only where no person would leave
it. A customer who is taken for spam by mistake costs more than a spammer who gets through, so doubts are lenient.
"""

import functools
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crawlerdetect import CrawlerDetect

ENOUGH = 100

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MARKUP = re.compile(r"\[url[=\]]|\[link[=\]]|<a\s[^>]*href", re.IGNORECASE)
_MANY = 3
_DISPOSABLE = Path(__file__).with_name("disposable.toml")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the rules look at. `user_agent` is empty where a program may speak for a person."""

    name: str
    email: str
    message: str
    is_trapped: bool
    """The field that people do not see was filled in."""
    user_agent: str = ""


def signs(sent: Sent) -> list[str]:
    """The names of the signs that speak for spam, the heaviest first."""
    found = [name for name, (_, applies) in _SIGNS.items() if applies(sent)]
    return sorted(found, key=lambda name: -_SIGNS[name][0])


def is_spam(found: list[str]) -> bool:
    """True when these signs together are enough."""
    return sum(_SIGNS[name][0] for name in found) >= ENOUGH


def _has_disposable_address(sent: Sent) -> bool:
    return sent.email.rpartition("@")[2].lower() in _disposable_hosts()


@functools.cache
def _disposable_hosts() -> frozenset[str]:
    return frozenset(tomllib.loads(_DISPOSABLE.read_text(encoding="utf-8"))["hosts"])


@functools.lru_cache(maxsize=1_024)
def _is_robot(user_agent: str) -> bool:
    return bool(CrawlerDetect().isCrawler(user_agent))


_SIGNS: dict[str, tuple[int, Callable[[Sent], bool]]] = {
    "TRAPPED": (100, lambda sent: sent.is_trapped),
    "MARKUP": (100, lambda sent: bool(_MARKUP.search(sent.message))),
    "LINK_IN_NAME": (100, lambda sent: bool(_LINK.search(sent.name))),
    "MANY_LINKS": (60, lambda sent: len(_LINK.findall(sent.message)) >= _MANY),
    "ROBOT": (60, lambda sent: bool(sent.user_agent) and _is_robot(sent.user_agent)),
    "DISPOSABLE_ADDRESS": (50, _has_disposable_address),
    "NAME_IS_MESSAGE": (50, lambda sent: len(sent.name) > 3 and sent.name == sent.message),
}
