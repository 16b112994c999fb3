"""Links like the ones that advertising, search and newsletters bring visitors through."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.datamanager import magic
from sandbox.shop import click_ids


@dataclass(frozen=True)
class Link:
    """`mark`: a stable name for tests and scripts."""

    mark: str
    title: str
    text: str
    url: str


def _url(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _search_ad(path: str, campaign: str, term: str, **ids: str) -> str:
    return _url(
        path,
        utm_source="google",
        utm_medium="cpc",
        utm_campaign=campaign,
        utm_term=term,
        gad_source="1",
        gad_campaignid="21034567890",
        **ids,
    )


def ads() -> list[Link]:
    """Paid clicks on Google, each with a click id that nobody had before."""
    return [
        Link(
            "gclid",
            "Metal roof repair from £180 – Northgate Roofing",
            "Search ad with a gclid, the usual kind.",
            _search_ad("/metal-roof-repair", "metal-roofs-leeds", "metal roof repair", gclid=click_ids.gclid()),
        ),
        Link(
            "gbraid",
            "Roof leaking? We come today – Northgate Roofing",
            "Search ad from an iPhone app: gbraid.",
            _search_ad("/", "emergency-leeds", "roof leak repair", gbraid=click_ids.gbraid()),
        ),
        Link(
            "wbraid",
            "Free roof survey in Leeds – Northgate Roofing",
            "Search ad from an iPhone browser: wbraid.",
            _search_ad("/quote", "survey-leeds", "roof survey", wbraid=click_ids.wbraid()),
        ),
        Link(
            "no-utm",
            "Flat roofs that last – Northgate Roofing",
            "Auto-tagging only: a gclid and no UTM parameters.",
            _url("/services", gad_source="1", gclid=click_ids.gclid()),
        ),
    ]


def others() -> list[Link]:
    """Visits that no Google ad brought."""
    return [
        Link(
            "organic",
            "Northgate Roofing | Roofers in Leeds",
            "An ordinary search result.",
            _url("/", utm_source="google", utm_medium="organic"),
        ),
        Link(
            "facebook",
            "Before and after: a barn roof in zinc",
            "A paid post on Facebook.",
            _url(
                "/metal-roof-repair",
                utm_source="facebook",
                utm_medium="paid_social",
                utm_campaign="barn-roof-story",
                fbclid="IwAR0" + click_ids.gbraid()[7:],
            ),
        ),
        Link(
            "newsletter",
            "Autumn check-up: is your roof ready?",
            "A link in the e-mail newsletter.",
            _url("/quote", utm_source="newsletter", utm_medium="email", utm_campaign="autumn-check"),
        ),
        Link("direct", "northgate-roofing.example", "Typed into the address bar.", "/"),
    ]


def magic_ads() -> list[Link]:
    """One link for each answer that the practice Google gives on demand."""
    names = [*magic.SPECIALS, *sorted(magic.PROCESSING_REASONS)]
    return [
        Link(
            f"TEST_{name}",
            f"TEST_{name}",
            magic.SPECIALS.get(name, "Accepted, then refused with this reason."),
            _search_ad("/quote", "practice", "practice", gclid=f"TEST_{name}"),
        )
        for name in names
    ]
