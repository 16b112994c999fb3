"""The versions of the policies, each a file that is never changed once it is published: `policies/<policy>/<day>.toml`.

A file has a title, a summary of what changed, an intro, and clauses; a clause has an id, a title, a text, and mostly
the screen of the product that keeps its word. In texts a line that begins with "- " is a point of a list, and an empty
line ends a paragraph.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from app.core.errors import NotFoundError
from app.core.words import SOURCE, language
from app.core.words import gettext as _

FOLDER = Path(__file__).with_name("policies")
POLICIES = ("privacy", "google", "terms", "sub-processors")


@dataclass(frozen=True)
class Block:
    """A paragraph, or the points of a list."""

    is_list: bool
    lines: Sequence[str]


@dataclass(frozen=True)
class Clause:
    """`screen` is the endpoint of the page that keeps the clause's word; empty where no page can."""

    id: str
    title: str
    text: str
    screen: str = ""
    screen_label: str = ""
    link: str = ""
    link_label: str = ""

    @property
    def blocks(self) -> Sequence[Block]:
        return blocks(self.text)


@dataclass(frozen=True)
class Version:
    policy: str
    day: date
    title: str
    summary: str
    intro: str
    clauses: Sequence[Clause]
    sha256: str
    """Of the English file: what somebody has seen can be proved."""
    language: str = SOURCE

    @property
    def key(self) -> str:
        """Names this version in a form."""
        return f"{self.policy}/{self.day.isoformat()}"

    @property
    def text(self) -> str:
        """All words in order, for comparing."""
        parts = [self.intro, *(f"{clause.title}\n{clause.text}" for clause in self.clauses)]
        return "\n\n".join(part.strip() for part in parts)


@cache
def versions(policy: str) -> Sequence[Version]:
    """Every version of a policy, the newest first. Raises NotFoundError."""
    if policy not in POLICIES:
        raise NotFoundError(_("There is no such policy."))
    return [_read(path) for path in sorted((FOLDER / policy).glob("????-??-??.toml"), reverse=True)]


def in_readers_words(version: Version) -> Version:
    """The version in the reader's language, or in English where it was not translated."""
    return translated(version.policy, version.day, language()) or version


def in_one_language(before: Version | None, now: Version) -> tuple[Version | None, Version]:
    """Both in the reader's language; both in English where one was not translated, so that words can be compared."""
    told, earlier = in_readers_words(now), in_readers_words(before) if before else None
    return (earlier, told) if earlier is None or earlier.language == told.language else (before, now)


def current(policy: str) -> Version:
    return versions(policy)[0]


def version_of(policy: str, day: str) -> Version:
    """The version of a day ("2026-11-24"). Raises NotFoundError."""
    for version in versions(policy):
        if version.day.isoformat() == day:
            return version
    raise NotFoundError(_("There is no version of this day."))


def blocks(text: str) -> Sequence[Block]:
    """The text's paragraphs and lists."""
    found = []
    for part in text.strip().split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        is_list = all(line.startswith("- ") for line in lines)
        found.append(Block(is_list, [line.removeprefix("- ") for line in lines]))
    return found


def newest_day() -> date:
    """The day of the policy that changed last."""
    return max(current(policy).day for policy in POLICIES)


@cache
def translated(policy: str, day: date, code: str) -> Version | None:
    """The words of another language in place of the English ones; None for English, and where nobody translated it."""
    path = FOLDER / policy / f"{day.isoformat()}.{code}.toml"
    if code == SOURCE or not path.exists():
        return None
    version, words = version_of(policy, day.isoformat()), tomllib.loads(path.read_text())
    clauses = [replace(clause, **told) for clause, told in zip(version.clauses, words.pop("clause"), strict=True)]
    return replace(version, clauses=clauses, language=code, **words)


def _read(path: Path) -> Version:
    raw = path.read_bytes()
    content = tomllib.loads(raw.decode())
    clauses: Sequence[Mapping[str, str]] = content["clause"]
    return Version(
        policy=path.parent.name,
        day=date.fromisoformat(path.stem),
        title=content["title"],
        summary=content["summary"],
        intro=content["intro"],
        clauses=[Clause(**clause) for clause in clauses],
        sha256=hashlib.sha256(raw).hexdigest(),
    )
