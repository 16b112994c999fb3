"""Words for values in templates."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask
from markupsafe import Markup

from app.core.clock import utc_now
from app.core.money import format_money
from app.core.words import LANGUAGES, known, language, ngettext
from app.core.words import gettext as _

_TIME = "\0"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


@lru_cache(maxsize=len(LANGUAGES))
def _months(code: str) -> dict[int, str]:
    months: dict[int, str] = Locale.parse(code).months["format"]["abbreviated"]
    return months


def local_time(at: datetime, zone: str) -> str:
    """The instant in the company's zone: "24 Nov 2026, 09:05"."""
    local = at.astimezone(ZoneInfo(zone))
    day = _on_day(language(), local.year, local.month, local.day)
    return day.replace(_TIME, f"{local.hour:02}:{local.minute:02}", 1)


@lru_cache(maxsize=4_096)
def _on_day(code: str, year: int, month: int, day: int) -> str:
    """The words for all times of a day, in the language of now; _TIME stands where the time will."""
    return _(
        "%(day)s %(month)s %(year)s, %(time)s",
        day=day,
        month=_months(code)[month],
        year=year,
        time=_TIME,
    )


def long_date(day: date) -> str:
    """The day as the reader's language writes it: "24 Nov 2026"."""
    return _("%(day)s %(month)s %(year)s", day=day.day, month=_months(language())[day.month], year=day.year)


def ago(at: datetime) -> str:
    """How long ago in the largest whole unit: "just now", "5 min ago", "3 h ago", "12 days ago"."""
    return ages([at])[0]


def ages(instants: Iterable[datetime]) -> list[str]:
    """As `ago`, for many instants seen from one moment."""
    now, code = utc_now(), language()
    return [_age(code, *_largest_unit(int((now - at).total_seconds()))) for at in instants]


def _largest_unit(seconds: int) -> tuple[int, int]:
    """The unit in seconds, 0 for less than a minute, and how many of it have passed."""
    unit = _DAY if seconds >= _DAY else _HOUR if seconds >= _HOUR else _MINUTE if seconds >= _MINUTE else 0
    return unit, seconds // unit if unit else 0


@lru_cache(maxsize=4_096)
def _age(_language: str, unit: int, count: int) -> str:
    """The words, in the language of now, which is named so that each keeps its own."""
    if unit == 0:
        return _("just now")
    if unit == _MINUTE:
        return ngettext("%(num)s min ago", "%(num)s min ago", count)
    if unit == _HOUR:
        return ngettext("%(num)s h ago", "%(num)s h ago", count)
    return _("yesterday") if count == 1 else ngettext("%(num)s day ago", "%(num)s days ago", count)


def time_tag(at: datetime, zone: str) -> Markup:
    """A relative time that carries the exact one, for people and for machines."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), local_time(at, zone), ago(at))


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        instant=datetime.fromisoformat,
        local_time=local_time,
        long_date=long_date,
        ago=ago,
        time_tag=time_tag,
        money=format_money,
        known=known,
    )
    app.jinja_env.globals["static_url"] = lambda path: f"{app.static_url_path}/{path}"
