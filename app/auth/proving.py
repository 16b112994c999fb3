"""What a form says to prove that the signed-in person is still the one at the keyboard."""

from flask import Flask, request
from flask_login import current_user

from app.auth import passwords, two_step
from app.auth.confirming import Proof
from app.core.db import db
from app.core.services import services


def install(app: Flask) -> None:
    """Let `auth/_code.html` ask for a code of whoever has two-step sign-in."""
    app.jinja_env.globals["asks_for_code"] = asks_for_code


def proof(password: str | None) -> Proof:
    """The password of the form, and its code if it has one."""
    held = services()
    hasher = passwords.hasher(held.settings.argon2_memory_kib)
    return Proof(password or "", request.form.get("code", ""), hasher, held.key_ring)


def asks_for_code() -> bool:
    return bool(current_user.is_authenticated and two_step.is_on(db.session(), current_user.id))
