"""Where a lead came from, in words: "Google Ads · Spring roofing · metal roof repair · /quote"."""

from app.attribution.channels import DIRECT, Classified
from app.attribution.touches import Visit

_PIECE_CHARACTERS = 80
_AD_FIRMS = {"Google": "Google Ads", "Bing": "Microsoft Ads"}
_PAID = frozenset(
    {"Paid Search", "Paid Shopping", "Paid Social", "Paid Video", "Paid Other", "Display", "Cross-network"}
)


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
        return "Came directly"
    if channel in _PAID:
        return _AD_FIRMS.get(name) or (f"{name} ads" if name else "Advertisement")
    if channel == "Organic Search":
        return f"{name} search" if name else "A search engine"
    if channel == "Email":
        return f"E-mail ({name})" if name and classified.site.kind != "mail" else name or "E-mail"
    return name or channel


def _short(piece: str) -> str:
    return piece if len(piece) <= _PIECE_CHARACTERS else piece[: _PIECE_CHARACTERS - 1] + "…"
