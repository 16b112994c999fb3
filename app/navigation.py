"""Two tables: the ways through the product, and the pages of its settings.

A feature adds its line; the shell draws them in this order.
"""

from dataclasses import dataclass

from flask import Flask, url_for
from flask_babel import LazyString

from app.core.words import lazy_gettext as _


@dataclass(frozen=True)
class Way:
    """A line of a menu. `roles` names who sees it, everybody when empty; some lines are for beginners."""

    key: str
    label: LazyString
    endpoint: str
    icon: str
    roles: tuple[str, ...] = ()
    is_for_beginners: bool = False
    is_of_all_leads: bool = False
    """Of no use to somebody who sees their own leads alone."""
    keys: str = ""
    """Pressed one after the other they lead there."""


MAIN = (
    Way("onboarding", _("Getting started"), "onboarding.show", "flag", is_for_beginners=True),
    Way("leads", _("Leads"), "leads.index", "inbox", keys="g l"),
    Way("calls", _("Calls"), "calls.index", "phone", keys="g p"),
    Way("today", _("To do"), "follow_up.show_today", "circle-check", keys="g t"),
    Way("reports", _("Reports"), "reports.index", "chart-column", is_of_all_leads=True, keys="g r"),
    Way("conversions", _("Conversions"), "conversions.index", "trophy", keys="g c"),
    Way("connections", _("Google Ads Integration"), "connections.index", "plug", keys="g a"),
    Way("capture", _("Website"), "capture.show_source", "code-xml", keys="g w"),
    Way("settings", _("Settings"), "auth.profile", "settings", keys="g s"),
)

SETTINGS = (
    Way("profile", _("Your profile"), "auth.profile", "user"),
    Way("two_step", _("Two-step sign-in"), "two_step.show", "shield-check"),
    Way("team", _("Team"), "team.index", "users"),
    Way("notifications", _("Notifications"), "notifications.show_choices", "bell"),
    Way("mail", _("Mail"), "notifications.show_mail", "mail", ("owner", "admin")),
    Way("calls", _("Calls"), "calls.show_settings", "phone", ("owner", "admin")),
    Way("data", _("Your data"), "exports.index", "download"),
    Way("stages", _("Stages"), "stages.index", "flag", ("owner", "admin")),
    Way("fields", _("Fields"), "fields.index", "text-cursor-input", ("owner", "admin")),
    Way("assigning", _("Who gets new leads"), "assigning.index", "users", ("owner", "admin")),
    Way("lost_reasons", _("Lost reasons"), "follow_up.show_lost_reasons", "flag", ("owner", "admin")),
    Way("requests", _("Privacy requests"), "privacy_requests.index", "inbox", ("owner", "admin")),
    Way("people", _("People’s data"), "subjects.find", "shield-check", ("owner", "admin")),
    Way("retention", _("Retention"), "retention.show", "hourglass", roles=("owner", "admin")),
    Way("statistics", _("Statistics"), "statistics.show_choice", "chart-column", roles=("owner", "admin")),
    Way("security", _("Security log"), "security.index", "lock", roles=("owner",)),
    Way("support_access", _("Support access"), "grants.show", "life-buoy", roles=("owner",)),
    Way("closing", _("Delete account"), "privacy.show_closing", "trash-2", roles=("owner",)),
)


def install(app: Flask) -> None:
    app.jinja_env.globals.update(main_ways=MAIN, settings_ways=SETTINGS, settings_tabs=_settings_tabs)


def _settings_tabs(role: str, current: str) -> list[dict[str, object]]:
    return [
        {"label": way.label, "href": url_for(way.endpoint), "current": way.key == current}
        for way in SETTINGS
        if not way.roles or role in way.roles
    ]
