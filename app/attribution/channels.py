"""Which channel a visit belongs to: one ordered table, the first rule that applies decides.

The groups are those of Google Analytics 4, with three differences: a click id is believed before anything
else, since it is the ad platform's own mark; Display stands before the other paid groups, or its medium "cpm"
would never reach it; the referrer's site fills in what the address does not say. Raw values stay as they are.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.attribution.sites import Site, by_host, by_word
from app.attribution.touches import Visit
from app.core.words import gettext as _
from app.core.words import known, listed, marked

DIRECT = "Direct"
PAID = frozenset(
    {"Paid Search", "Paid Shopping", "Paid Social", "Paid Video", "Paid Other", "Display", "Cross-network"}
)
"""The channels that somebody pays for by the click or the view."""

_PAID_MEDIUM = re.compile(r".*cp.*|ppc|retargeting|paid.*")
_SHOPPING = re.compile(r".*(([^a-df-z]|^)shop|shopping).*")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})
_MAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})
GOOGLE_CLICK_IDS = ("gclid", "gbraid", "wbraid")
_AD_MARKS = {
    "dclid": ("Display", "Google"),
    "msclkid": ("Paid Search", "Bing"),
    "yclid": ("Paid Search", "Yandex"),
    "ttclid": ("Paid Social", "TikTok"),
    "li_fat_id": ("Paid Social", "LinkedIn"),
    "twclid": ("Paid Social", "X"),
    "rdt_cid": ("Paid Social", "Reddit"),
    "epik": ("Paid Social", "Pinterest"),
    "sccid": ("Paid Social", "Snapchat"),
    "qclid": ("Paid Social", "Quora"),
    "tblci": ("Paid Other", "Taboola"),
    "dicbo": ("Paid Other", "Outbrain"),
    "irclickid": ("Affiliates", "Impact"),
}
"""What an ad click's id says by itself. fbclid is missing: Facebook adds it to ordinary shared links too."""

_HINTS = {
    "gad_campaignid": ("Paid Other", "Google"),
    "gad_source": ("Paid Other", "Google"),
    "srsltid": ("Organic Shopping", "Google Shopping"),
    "mc_cid": ("Email", "Mailchimp"),
    "_hsenc": ("Email", "HubSpot"),
}
"""What these say counts only where the address names no source of its own."""

_MARKS = _AD_MARKS | _HINTS

CHANNELS = (
    marked("Direct"),
    marked("Cross-network"),
    marked("Paid Shopping"),
    marked("Display"),
    marked("Paid Video"),
    marked("Paid Search"),
    marked("Paid Social"),
    marked("Paid Other"),
    marked("Organic Shopping"),
    marked("Organic Social"),
    marked("Organic Video"),
    marked("AI Assistant"),
    marked("Organic Search"),
    marked("Email"),
    marked("Affiliates"),
    marked("Referral"),
    marked("Audio"),
    marked("SMS"),
    marked("Mobile Push"),
    marked("Unassigned"),
    marked("Offline"),
    marked("Import"),
)
"""The names of all channels. They are stored as they stand here and shown in the reader's language (`words.known`)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules look at, in lower case where spelling must not matter."""

    site: Site
    source: str
    medium: str
    campaign: str
    click_ids: frozenset[str]
    has_utm: bool
    referrer_host: str

    @property
    def is_paid(self) -> bool:
        return _PAID_MEDIUM.fullmatch(self.medium) is not None

    @property
    def is_shopping(self) -> bool:
        return self.site.kind == "shopping" or _SHOPPING.fullmatch(self.campaign) is not None

    @property
    def is_google_click(self) -> bool:
        return not self.click_ids.isdisjoint(GOOGLE_CLICK_IDS)

    @property
    def says_paid(self) -> bool:
        return self.is_paid or self.is_google_click


@dataclass(frozen=True, slots=True)
class Classified:
    """The channel, why in a sentence, and the site that sent the visitor (nameless when there is none)."""

    channel: str
    reason: str
    site: Site


class Rule(NamedTuple):
    channel: str
    applies: Callable[[Evidence], bool]


RULES: Sequence[Rule] = (
    Rule(DIRECT, lambda e: not (e.has_utm or e.click_ids or e.referrer_host)),
    Rule("Cross-network", lambda e: "cross-network" in e.campaign),
    Rule("Paid Shopping", lambda e: e.is_shopping and e.says_paid),
    Rule("Display", lambda e: e.medium in _DISPLAY),
    Rule("Paid Video", lambda e: e.site.kind == "video" and e.says_paid),
    Rule("Paid Search", lambda e: e.is_google_click),
    Rule("Paid Search", lambda e: e.site.kind == "search" and e.is_paid),
    Rule("Paid Social", lambda e: e.site.kind == "social" and e.is_paid),
    Rule("Paid Other", lambda e: e.is_paid),
    Rule("Organic Shopping", lambda e: e.is_shopping),
    Rule("Organic Social", lambda e: e.site.kind == "social" or e.medium in _SOCIAL),
    Rule("Organic Video", lambda e: e.site.kind == "video" or "video" in e.medium),
    Rule("AI Assistant", lambda e: e.site.kind == "assistant" or e.medium == "ai-assistant"),
    Rule("Organic Search", lambda e: e.site.kind == "search" or e.medium == "organic"),
    Rule("Email", lambda e: e.site.kind == "mail" or e.source in _MAIL or e.medium in _MAIL),
    Rule("Affiliates", lambda e: e.medium == "affiliate"),
    Rule("Referral", lambda e: e.medium in ("referral", "app", "link")),
    Rule("Audio", lambda e: e.medium == "audio"),
    Rule("SMS", lambda e: "sms" in (e.source, e.medium)),
    Rule(
        "Mobile Push",
        lambda e: (
            e.medium.endswith("push") or "mobile" in e.medium or "notification" in e.medium or e.source == "firebase"
        ),
    ),
    Rule("Referral", lambda e: bool(e.referrer_host) and not e.has_utm),
)


def classify(visit: Visit) -> Classified:
    """The visit's channel, by the first rule of the table that fits."""
    evidence = gather(visit)
    mark = _mark(evidence)
    if mark:
        channel, name = _MARKS[mark]
        site = evidence.site if evidence.source else Site(name)
    else:
        channel = next((rule.channel for rule in RULES if rule.applies(evidence)), "Unassigned")
        site = evidence.site
    return Classified(channel, _reason(channel, visit, evidence, mark), site)


def gather(visit: Visit) -> Evidence:
    """The evidence of a visit. Its site: what the UTM source names, else the ad platform, or the referrer."""
    source = visit.utm.get("utm_source", "")
    click_ids = frozenset(visit.click_ids)
    if source:
        site = by_word(source)
    elif not click_ids.isdisjoint(GOOGLE_CLICK_IDS):
        site = Site("Google", "search")
    elif visit.referrer_host:
        site = by_host(visit.referrer_host)
    elif "fbclid" in click_ids:
        site = Site("Facebook", "social")
    else:
        site = Site("")
    return Evidence(
        site=site,
        source=source.lower(),
        medium=visit.utm.get("utm_medium", "").lower(),
        campaign=visit.utm.get("utm_campaign", "").lower(),
        click_ids=click_ids,
        has_utm=bool(visit.utm),
        referrer_host=visit.referrer_host,
    )


def _mark(evidence: Evidence) -> str | None:
    """The parameter that decides the channel alone; none where the table of rules must."""
    if evidence.is_google_click:
        return None
    marks = _AD_MARKS if evidence.source else _MARKS
    return next((key for key in marks if key in evidence.click_ids), None)


def deciding(channels: Sequence[str]) -> int:
    """Which of a lead's touches, oldest first, decides where it came from: the last that is not Direct, else
    the last. Raises ValueError without touches."""
    if not channels:
        raise ValueError("a lead has at least one touch")
    for index in range(len(channels) - 1, -1, -1):
        if channels[index] != DIRECT:
            return index
    return len(channels) - 1


def _reason(channel: str, visit: Visit, evidence: Evidence, mark: str | None) -> str:
    sentence = _("%(channel)s because %(evidence)s.", channel=known(channel), evidence=_clue(visit, evidence, mark))
    if not visit.unfilled:
        return sentence
    ignored = _(
        "The ad platform left a placeholder unfilled in %(names)s, so that was ignored.",
        names=", ".join(visit.unfilled),
    )
    return f"{sentence} {ignored}"


def _clue(visit: Visit, evidence: Evidence, mark: str | None) -> str:
    google = next((key for key in GOOGLE_CLICK_IDS if key in evidence.click_ids), None)
    if google:
        return _("the address carried a Google click id (%(name)s)", name=google)
    if mark:
        return _("the address carried %(platform)s's mark (%(name)s)", platform=_MARKS[mark][1], name=mark)
    said = [f"{key}={visit.utm[key]}" for key in ("utm_source", "utm_medium", "utm_campaign") if key in visit.utm]
    if said:
        return _("the address said %(values)s", values=listed(said))
    if visit.utm:
        return _("the address carried campaign values but neither a source nor a medium")
    if visit.referrer_host:
        return _("the visitor came from %(site)s", site=visit.referrer_host)
    if evidence.click_ids:
        return _("the address carried a click id (%(name)s)", name=", ".join(sorted(evidence.click_ids)))
    return _("the visitor came without a link from anywhere else")
