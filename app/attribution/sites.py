"""Which kind of website sent a visitor: search, social, video, shopping, assistant or mail (sites.toml)."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

_DATA = Path(__file__).with_name("sites.toml")
_SECOND_LEVELS = frozenset({"co", "com", "org", "net", "ac", "gov"})


@dataclass(frozen=True, slots=True)
class Site:
    """A website by its name in plain words; `kind` is empty for one that stands in no list."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class _Directory:
    hosts: dict[str, Site]
    firms: dict[str, Site]
    words: dict[str, Site]


def by_host(host: str) -> Site:
    """The site behind a host name; an unlisted host is a site of its own name. The longest entry wins."""
    host = host.lower().removeprefix("www.")
    listed = _directory()
    labels = host.split(".")
    for start in range(len(labels) - 1):
        found = listed.hosts.get(".".join(labels[start:]))
        if found:
            return found
    return listed.firms.get(_firm(labels)) or Site(host)


def by_word(source: str) -> Site:
    """The site that a utm_source means: a listed spelling, a host name, or a name of its own."""
    source = source.strip()
    found = _directory().words.get(source.lower())
    if found:
        return found
    site = by_host(source)
    return site if site.kind else Site(source)


def _firm(labels: list[str]) -> str:
    """The name a firm registered, "google" of www.google.co.uk. Empty unless under com or a country."""
    if len(labels) < 2 or not (labels[-1] == "com" or len(labels[-1]) == 2):
        return ""
    if len(labels) > 2 and labels[-2] in _SECOND_LEVELS:
        return labels[-3]
    return labels[-2]


@functools.cache
def _directory() -> _Directory:
    directory = _Directory({}, {}, {})
    for entry in tomllib.loads(_DATA.read_text(encoding="utf-8"))["site"]:
        site = Site(entry["name"], entry["kind"])
        for host in entry["hosts"]:
            firm = host.removesuffix(".*")
            (directory.hosts if firm == host else directory.firms)[firm] = site
        directory.words.update(dict.fromkeys(entry["words"], site))
    return directory
