"""How often something may be tried: for each account as well as for each place, so that neither many places against
one account nor one place against many accounts get far. And how often at all, for what makes Leader mail anybody."""

import hashlib
import hmac
import uuid
from collections.abc import Callable
from typing import Any

from flask import request
from flask_login import current_user

from app.auth import devices, email_addresses, gates
from app.core.db import db
from app.core.security import limiter, place
from app.core.services import services

_EVERYBODY = "everybody"


def account() -> str:
    """Whoever is signed in."""
    return of_person(current_user.id) if current_user.is_authenticated else place()


def of_person(user_id: uuid.UUID) -> str:
    return nameless(str(user_id))


def nameless(text: str) -> str:
    """The same for the same text, and of no use without our key: nothing in Valkey names anybody, nor lets one ask."""
    key = services().settings.secret_key.encode()
    return hmac.new(key, b"limits " + text.encode(), hashlib.sha256).hexdigest()


def of_account(rate: str) -> Callable[[Any], Any]:
    """Decorates a view that asks for a password again: the same for a person, wherever they ask from."""
    return limiter.limit(rate, methods=["POST"], key_func=account)


def mails_to_strangers() -> Callable[[Any], Any]:
    """Decorates a view with which anybody makes Leader mail to an address: together they may do so often, not
    without end."""
    return limiter.shared_limit(
        "1000 per hour", scope="mails to strangers", key_func=lambda: _EVERYBODY, deduct_when=_is_done
    )


def everybody() -> str:
    return _EVERYBODY


def typed_address() -> str:
    """The e-mail address of the form, for which somebody tries. A browser in which its owner has signed in before is
    counted apart, so that strangers cannot lock them out."""
    address = email_addresses.normal(request.form.get("email", "")) or ""
    settings = services().settings
    if address and devices.are_known(request, settings):
        found = gates.find_sign_in(db.session(), address)
        if found and devices.is_known(request, found.user_id, settings):
            return f"known {of_person(found.user_id)}"
    return nameless(address)


def typed_address_and_place() -> str:
    address = request.form.get("email", "").strip().lower()
    return nameless(f"{address} {place()}")


def _is_done(answer: Any) -> bool:
    """What was refused mails nobody."""
    return request.method == "POST" and answer.status_code in (200, 303)
