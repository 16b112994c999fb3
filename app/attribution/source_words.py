"""Where a lead came from, in words: "Google Ads · Spring roofing · metal roof repair · /quote"."""

from app.attribution.channels import DIRECT, PAID, Classified
from app.attribution.touches import Visit
from app.core.words import gettext as _
from app.core.words import known

_PIECE_CHARACTERS = 80
_AD_FIRMS = {"Google": "Google Ads", "Bing": "Microsoft Ads"}


def source_words(visit: Visit, classified: Classified) -> str:
    """Source, campaign, keyword and landing page; what is not known is left out."""
    pieces = [
        _source(classified),
        visit.utm.get("utm_campaign", ""),
        visit.utm.get("utm_term", ""),
        visit.path,
    ]
    return " · ".join(_short(piece) for piece in pieces if piece)


def _source(classified: Classified) -> str:
    name, channel = classified.site.name, classified.channel
    if channel == DIRECT:
        return _("Came directly")
    if channel in PAID:
        return _AD_FIRMS.get(name) or (_("%(site)s ads", site=name) if name else _("Advertisement"))
    if channel == "Organic Search":
        return _("%(site)s search", site=name) if name else _("A search engine")
    if channel == "Email":
        by_mail = _("E-mail (%(site)s)", site=name) if name and classified.site.kind != "mail" else name
        return by_mail or _("E-mail")
    return name or known(channel)


def _short(piece: str) -> str:
    return piece if len(piece) <= _PIECE_CHARACTERS else piece[: _PIECE_CHARACTERS - 1] + "…"
