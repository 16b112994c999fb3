"""How figures are said: numbers of leads, shares, changes, and when there is too little to say anything."""

from collections.abc import Mapping

from app.attribution.credit import WHOLE
from app.core.money import format_money
from app.core.words import gettext as _
from app.core.words import ngettext

THIN = 10
"""With fewer leads than this a share says little."""


def models() -> dict[str, str]:
    return {
        "first_touch": _("First touch"),
        "last_touch": _("Last touch"),
        "last_non_direct": _("Last non-direct touch"),
        "linear": _("Linear"),
        "position_based": _("Position based"),
        "time_decay": _("Time decay"),
    }


def leads(millionths: int) -> str:
    """ "12", or "3.5" where credit is shared."""
    tenths = (millionths * 10 + WHOLE // 2) // WHOLE
    whole, tenth = divmod(tenths, 10)
    return f"{whole:,}.{tenth}" if tenth else f"{whole:,}"


def share(part: int, whole: int) -> str:
    """ "42 %"; a dash where there is nothing to divide by."""
    return f"{round(100 * part / whole)} %" if whole else "–"


def change(now: int, before: int) -> tuple[str, str]:
    """(words, tone) of a figure against the period before."""
    if not before:
        return (
            (_("None in the period before"), "neutral") if now else (_("None in the period before either"), "neutral")
        )
    percent = round(100 * (now - before) / before)
    if percent == 0:
        return _("As in the period before"), "neutral"
    if percent > 0:
        return _("%(percent)s %% more than in the period before", percent=percent), "good"
    return _("%(percent)s %% less than in the period before", percent=-percent), "bad"


def money(amounts: Mapping[str, int], currency: str) -> str:
    """The amount in the company's currency, then any others: "£1,250 + €300"."""
    own = format_money(amounts.get(currency, 0), currency)
    others = [format_money(minor, code) for code, minor in sorted(amounts.items()) if code != currency and minor]
    return " + ".join([own, *others])


def thin(millionths: int) -> str:
    """A caution where there is too little to judge by; empty otherwise."""
    count = millionths // WHOLE
    if count >= THIN or count == 0:
        return ""
    caution: str = ngettext(
        "Only %(num)s lead in this period: too few to judge by.",
        "Only %(num)s leads in this period: too few to judge by.",
        count,
    )
    return caution
