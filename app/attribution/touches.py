"""What a visit brought along: UTM values, click ids and the referrer, read from its two addresses.

1. Addresses are strangers' input: bounded, http(s) only, and reading one never fails.
2. Of a parameter that occurs twice the first counts.
3. A placeholder that the ad platform left unfilled ("{keyword}") is no value; its name is remembered.
4. Click ids keep their case and every character; one that is too long or broken is worthless and left out.
5. Parameters that name the person behind a mailing are removed from the address before it is stored.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

UTM_KEYS = frozenset(
    {
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_id",
        "utm_term",
        "utm_content",
        "utm_source_platform",
        "utm_creative_format",
        "utm_marketing_tactic",
    }
)
CLICK_ID_KEYS = frozenset(
    {
        *("gclid", "gbraid", "wbraid", "dclid", "gclsrc", "gad_source", "gad_campaignid", "srsltid"),
        *("msclkid", "fbclid", "ttclid", "li_fat_id", "twclid", "rdt_cid", "epik", "sccid"),
        *("yclid", "tblci", "dicbo", "irclickid", "qclid", "mc_cid", "_hsenc"),
    }
)
PERSONAL_KEYS = frozenset({"mc_eid", "mkt_tok", "_hsmi"})
TEST_KEY = "leader_test"

_READ_CHARACTERS = 8_192
_STORED_CHARACTERS = 2_048
_UTM_CHARACTERS = 255
_MOST_PARAMETERS = 200
_UNFILLED = re.compile(r"\{[^{}]*\}|%%[^%]+%%")
_CLICK_ID = re.compile(r"[!-~]{1,500}")
_NOWHERE = (SplitResult("", "", "", "", ""), "")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Visit:
    """A landing page and where it was reached from. `utm` holds raw values by full name, `unfilled` the names
    of parameters that arrived with a placeholder. `referrer_host` is empty for a page of the same site."""

    landing_page: str = ""
    referrer: str = ""
    host: str = ""
    path: str = ""
    referrer_host: str = ""
    utm: dict[str, str] = field(default_factory=dict)
    click_ids: dict[str, str] = field(default_factory=dict)
    unfilled: tuple[str, ...] = ()
    is_test: bool = False


def read_visit(landing_page: str, referrer: str = "") -> Visit:
    """The visit of these two addresses. Takes anything; what cannot be read is left out."""
    landing, host = _split(landing_page)
    origin, referrer_host = _split(referrer)
    utm: dict[str, str] = {}
    click_ids: dict[str, str] = {}
    unfilled: list[str] = []
    parameters = _parameters(landing)
    for name, value in parameters:
        key = name.lower()
        if key in UTM_KEYS:
            _keep(utm, key, value.strip()[:_UTM_CHARACTERS], unfilled)
        elif key in CLICK_ID_KEYS and _CLICK_ID.fullmatch(value):
            _keep(click_ids, key, value, unfilled)
    return Visit(
        landing_page=_stored(landing, parameters),
        referrer=_stored(origin, _parameters(origin)),
        host=host,
        path=_printable(landing.path)[:_STORED_CHARACTERS] or "/" if host else "",
        referrer_host="" if _same_site(host, referrer_host) else referrer_host,
        utm=utm,
        click_ids=click_ids,
        unfilled=tuple(dict.fromkeys(unfilled)),
        is_test=any(name == TEST_KEY and value == "1" for name, value in parameters),
    )


def _keep(found: dict[str, str], key: str, value: str, unfilled: list[str]) -> None:
    if not value or key in found:
        return
    if _UNFILLED.search(value):
        unfilled.append(key)
    else:
        found[key] = value


def _split(address: str) -> tuple[SplitResult, str]:
    """The parts of a web address and its host, or nothing of anything else."""
    if not address:
        return _NOWHERE
    try:
        parts = urlsplit(_UNPRINTABLE.sub("", address)[:_READ_CHARACTERS])
        host = parts.hostname
    except ValueError:
        return _NOWHERE
    if parts.scheme not in ("http", "https") or not host:
        return _NOWHERE
    return parts, host.rstrip(".")[:253]


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    if not parts.query:
        return []
    pairs = parts.query.split("&", _MOST_PARAMETERS)[:_MOST_PARAMETERS]
    return [
        (_printable(name), _printable(value, " ")) for name, value in parse_qsl("&".join(pairs), keep_blank_values=True)
    ]


def _printable(text: str, instead: str = "") -> str:
    return _UNPRINTABLE.sub(instead, text)


def _stored(parts: SplitResult, parameters: list[tuple[str, str]]) -> str:
    """The address as it is kept: no user name, no fragment, nothing that names a person."""
    if not parts.scheme:
        return ""
    query = parts.query
    if any(name.lower() in PERSONAL_KEYS for name, _ in parameters):
        query = urlencode([pair for pair in parameters if pair[0].lower() not in PERSONAL_KEYS])
    place = parts.netloc.rpartition("@")[2]
    return SplitResult(parts.scheme, place, parts.path or "/", query, "").geturl()[:_STORED_CHARACTERS]


def _same_site(host: str, other: str) -> bool:
    return bool(host) and host.removeprefix("www.") == other.removeprefix("www.")
