"""What this browser keeps for Leader: each cookie with its purpose, and what the person allowed.

Only what is needed, and what a person asked for by a click, is ever kept, so nothing waits for a consent. Whoever
allows only the needed ones keeps no choice of language, colours or keys either: the scripts read the choice too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from werkzeug.wrappers import Response

from app.core.words import COOKIE_CHOICE as CHOICE_COOKIE
from app.core.words import ONLY_NEEDED
from app.core.words import lazy_gettext as _

CHOICES = (ONLY_NEEDED, "preferences")
FORM_COOKIE = "leader_form"
"""It carries the messages for the next page too, so none can tell that it is gone."""
_HALF_A_YEAR = 183 * 86_400
_PREFIX = "__Host-"


@dataclass(frozen=True)
class Kind:
    """What is told about a cookie of Leader."""

    purpose: LazyString
    lasts: LazyString
    is_needed: bool


KINDS = {
    "leader_session": Kind(_("Keeps you signed in. Without it you are signed out."), _("14 days"), True),
    FORM_COOKIE: Kind(
        _("Proves that a form was filled in on our pages, and between password and code who is signing in."),
        _("Until the browser closes"),
        True,
    ),
    "leader_devices": Kind(
        _("Knows this browser again, so that only new ones are reported to you."), _("A year"), True
    ),
    "leader_policies": Kind(_("Remembers that you have seen a changed policy."), _("A year"), True),
    "leader_desk": Kind(_("Keeps the people of Leader’s support signed in. Nobody else has it."), _("8 hours"), True),
    CHOICE_COOKIE: Kind(_("Remembers what you chose on this page."), _("Half a year"), True),
    "leader_language": Kind(_("Remembers the language that you chose."), _("A year"), False),
}


@dataclass(frozen=True)
class Found:
    """A cookie that this browser sent; `kind` is none when it is not one of ours."""

    name: str
    kind: Kind | None


def found(cookies: Mapping[str, str]) -> list[Found]:
    """What the browser has now, ours first."""
    known = [Found(name, KINDS.get(name.removeprefix(_PREFIX))) for name in sorted(cookies)]
    return sorted(known, key=lambda cookie: cookie.kind is None)


def choice(cookies: Mapping[str, str]) -> str:
    """What was chosen on this browser, or nothing."""
    text = cookies.get(CHOICE_COOKIE, "")
    return text if text in CHOICES else ""


def remember(response: Response, chosen: str, cookies: Mapping[str, str], *, is_https: bool) -> None:
    """Keep the choice; what it no longer allows goes at once."""
    response.set_cookie(CHOICE_COOKIE, chosen, max_age=_HALF_A_YEAR, secure=is_https, samesite="Lax")
    if chosen == ONLY_NEEDED:
        for cookie in found(cookies):
            if cookie.kind and not cookie.kind.is_needed:
                forget(response, cookie.name, is_https=is_https)


def forget(response: Response, name: str, *, is_https: bool) -> None:
    """Delete the cookie in this browser."""
    response.delete_cookie(name, secure=is_https or name.startswith(_PREFIX), samesite="Lax")
