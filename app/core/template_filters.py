"""Words for values in templates."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from app.core.clock import utc_now
from app.core.money import format_money

_MONTHS = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def local_time(at: datetime, zone: str) -> str:
    """The instant in the company's zone: "24 Nov 2026, 09:05"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {_MONTHS[local.month]} {local.year}, {local.hour:02}:{local.minute:02}"


def ago(at: datetime) -> str:
    """How long ago in the largest whole unit: "just now", "5 min ago", "3 h ago", "12 days ago"."""
    seconds = int((utc_now() - at).total_seconds())
    if seconds < 60:
        return "just now"
    if seconds < 3_600:
        return f"{seconds // 60} min ago"
    if seconds < 86_400:
        return f"{seconds // 3_600} h ago"
    days = seconds // 86_400
    return "yesterday" if days == 1 else f"{days} days ago"


def time_tag(at: datetime, zone: str) -> Markup:
    """A relative time that carries the exact one, for people and for machines."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), local_time(at, zone), ago(at))


@lru_cache(maxsize=2_048)
def remembered(macro: Callable[..., Markup], *texts: str | None) -> Markup:
    """What a macro draws for these texts, drawn once: only for macros that look at nothing else."""
    return macro(*texts)


def install(app: Flask) -> None:
    app.jinja_env.filters.update(local_time=local_time, ago=ago, time_tag=time_tag, money=format_money)
    app.jinja_env.globals["remembered"] = remembered
    app.jinja_env.globals["static_url"] = lambda path: f"{app.static_url_path}/{path}"
