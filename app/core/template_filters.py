"""Words for values in templates."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask
from markupsafe import Markup

from app.core.clock import utc_now
from app.core.money import format_money
from app.core.words import LANGUAGES, language, ngettext
from app.core.words import gettext as _


@lru_cache(maxsize=len(LANGUAGES))
def _months(code: str) -> dict[int, str]:
    months: dict[int, str] = Locale.parse(code).months["format"]["abbreviated"]
    return months


def local_time(at: datetime, zone: str) -> str:
    """The instant in the company's zone: "24 Nov 2026, 09:05"."""
    local = at.astimezone(ZoneInfo(zone))
    return _(
        "%(day)s %(month)s %(year)s, %(time)s",
        day=local.day,
        month=_months(language())[local.month],
        year=local.year,
        time=f"{local.hour:02}:{local.minute:02}",
    )


def ago(at: datetime) -> str:
    """How long ago in the largest whole unit: "just now", "5 min ago", "3 h ago", "12 days ago"."""
    seconds = int((utc_now() - at).total_seconds())
    if seconds < 60:
        return _("just now")
    if seconds < 3_600:
        return ngettext("%(num)s min ago", "%(num)s min ago", seconds // 60)
    if seconds < 86_400:
        return ngettext("%(num)s h ago", "%(num)s h ago", seconds // 3_600)
    days = seconds // 86_400
    return _("yesterday") if days == 1 else ngettext("%(num)s day ago", "%(num)s days ago", days)


def time_tag(at: datetime, zone: str) -> Markup:
    """A relative time that carries the exact one, for people and for machines."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), local_time(at, zone), ago(at))


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        instant=datetime.fromisoformat, local_time=local_time, ago=ago, time_tag=time_tag, money=format_money
    )
    app.jinja_env.globals["static_url"] = lambda path: f"{app.static_url_path}/{path}"
