"""`flask leader staff …`: who works at the desk. Done as the owner of the database: the product itself may not."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import click
import segno
from flask.cli import AppGroup
from sqlalchemy import Connection, create_engine

from app.auth import codes, email_addresses, passwords
from app.core.crypto import KeyRing
from app.core.db import sqlalchemy_url
from app.core.ids import new_id
from app.core.services import services
from app.desk import gates
from app.desk.sign_in import OWNER
from app.leads import contact
from app.support import gates as support_gates

staff = AppGroup("staff", help="The people who work at the desk, /desk.")


@staff.command("add")
@click.argument("email")
@click.option("--name", prompt="Name, as customers read it", help="As customers read it.")
@click.password_option(help="Asked for when it is not given.")
def add(email: str, name: str, password: str) -> None:
    """Let somebody work at the desk. Prints, once, what their authenticator app needs."""
    email, name = email_addresses.normal(email) or "", contact.one_line(name)
    if not email or not name:
        raise click.ClickException("Give an e-mail address and a name.")
    if weakness := passwords.weakness(password, (email, name)):
        raise click.ClickException(weakness)
    key = codes.new_key()
    with as_owner() as connection:
        if not gates.add_staff(connection, **_row(email, name, password, key)):
            raise click.ClickException(f"{email} works at the desk already.")
    click.echo(f"{name} signs in at /desk/sign-in. For the authenticator app, shown this once:\n\n{_qr(key, email)}")
    click.echo(f"Key: {key}")


@staff.command("remove")
@click.argument("email")
def remove(email: str) -> None:
    """End somebody's work at the desk, at once. What they did stays in the log."""
    with as_owner() as connection:
        if not gates.remove_staff(connection, email):
            raise click.ClickException(f"Nobody works at the desk as {email}.")
    click.echo(f"{email} works at the desk no more.")


def rotate(ring: KeyRing) -> int:
    """Wrap the keys of the staff and of files on requests anew under the newest master key; how many."""
    wrapped = 0
    for held in (gates, support_gates):
        with as_owner() as connection:
            for owner_id, wrapped_key in held.wrapped_keys(connection):
                if not ring.is_under_newest(wrapped_key):
                    held.keep_wrapped_key(connection, owner_id, ring.rewrap(wrapped_key))
                    wrapped += 1
    return wrapped


@contextmanager
def as_owner() -> Iterator[Connection]:
    """One transaction of the database's owner."""
    settings = services().settings
    engine = create_engine(
        sqlalchemy_url(settings.migration_database_url or settings.database_url), hide_parameters=True
    )
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _row(email: str, name: str, password: str, key: str) -> dict[str, object]:
    held = services()
    wrapped_key = held.key_ring.new_wrapped_key()
    return {
        "id": new_id(),
        "email": email,
        "name": name,
        "password_hash": passwords.hasher(held.settings.argon2_memory_kib).hash(password),
        "wrapped_key": wrapped_key,
        "sealed_code_key": held.key_ring.open_box(wrapped_key).seal(key, owner=OWNER.format(email.lower())),
    }


def _qr(key: str, email: str) -> str:
    drawn = io.StringIO()
    segno.make(codes.address(key, email, "Leader desk")).terminal(drawn, compact=True)
    return drawn.getvalue()
