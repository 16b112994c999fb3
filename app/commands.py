"""`flask leader …`: what is run by hand or by the supervisor."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app import schedule as schedule_module
from app.auth import gates as auth_gates
from app.auth import two_step
from app.auth.passwords import hasher
from app.backups import making as backup_making
from app.backups import restoring
from app.companies import gates as company_gates
from app.companies import rotation
from app.companies.models import Company
from app.conversions import gates as conversion_gates
from app.conversions import verifying
from app.core import migration, tenancy
from app.core.db import db, sqlalchemy_url
from app.core.errors import PermanentError
from app.core.services import services
from app.core.signing import signer
from app.desk import commands as desk_commands
from app.exports import importing
from app.exports.reading import ArchiveReader
from app.reports import counting
from app.seeding import demo, many

_DAYS_AT_ONCE = 30
"""Counted in one transaction by `recount`, so that a stop loses little."""
_PAUSE_SECONDS = 0.2

leader = AppGroup("leader", help="Run and look after Leader.")
leader.add_command(desk_commands.staff)


@leader.command()
def migrate() -> None:
    """Bring the database's schema up to date, as its owner."""
    settings = services().settings
    migration.upgrade(sqlalchemy_url(settings.migration_database_url or settings.database_url))
    click.echo("The database is up to date.")


@leader.command("make-log-in")
@click.argument("name")
@click.option("--without-password", is_flag=True, help="For a server that knows it in another way, such as a socket.")
def make_log_in(name: str, without_password: bool) -> None:
    """Make the database log-in for DATABASE_URL: one that may do what the product does, and no more."""
    settings = services().settings
    password = "" if without_password else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    owner_url = make_url(settings.migration_database_url or settings.database_url).set(drivername="postgresql")
    migration.make_log_in(owner_url.render_as_string(hide_password=False), name, password)
    click.echo(f"{name} may log in. Name it in DATABASE_URL, and the owner in MIGRATION_DATABASE_URL.")


@leader.command()
def schedule() -> None:
    """Ring the bells of periodic work until stopped."""
    schedule_module.run(services().bell)


@leader.command("seed-demo")
def seed_demo() -> None:
    """Make the demo company unless it is there, and print its sign-in as JSON."""
    held = services()
    if held.settings.is_production:
        raise click.ClickException("The demo company is for trying Leader out, not for production.")
    made = demo.seed_demo(
        db.session(),
        secret_key=held.settings.secret_key,
        key_ring=held.key_ring,
        hasher=hasher(held.settings.argon2_memory_kib),
    )
    db.session.commit()
    click.echo(json.dumps(asdict(made)))


@leader.command()
@click.option("--leads", type=click.IntRange(1, 10_000_000), required=True, help="How many.")
@click.option("--company", default=demo.EMAIL, show_default=True, help="E-mail address of one of its members.")
def seed(leads: int, company: str) -> None:
    """Give a company many made-up leads."""
    session = db.session()
    member = auth_gates.find_sign_in(session, company)
    if member is None:
        raise click.ClickException(f"Nobody signs in as {company}. Run seed-demo first, or name another address.")
    tenancy.serve(session, member.company_id)
    currency = session.scalars(select(Company.currency)).one()
    many.seed_many(session, leads, currency=currency)
    session.commit()
    click.echo(f"{leads:,} leads are there.")


@leader.command()
@click.option("--company", default=demo.EMAIL, show_default=True, help="E-mail address of one of its members.")
def recount(company: str) -> None:
    """Count all of a company's reports anew from its leads."""
    session = db.session()
    member = auth_gates.find_sign_in(session, company)
    if member is None:
        raise click.ClickException(f"Nobody signs in as {company}. Name another address.")
    tenancy.serve(session, member.company_id)
    counting.mark_all(session)
    session.commit()
    while counting.is_due(session):
        counted = counting.recount(session, most=_DAYS_AT_ONCE)
        session.commit()
        if not counted:  # a worker is at it
            time.sleep(_PAUSE_SECONDS)
    click.echo("Every day has been counted anew.")


@leader.command("import-archive")
@click.argument("file", type=click.File("rb"))
@click.option("--company", required=True, help="E-mail address of one of the members of an empty company.")
@click.option("--public-key", help="Of the Leader that made the archive; this one's own by default.")
def import_archive(file: BinaryIO, company: str, public_key: str | None) -> None:
    """Take an export archive into an empty company, whole or not at all."""
    session = db.session()
    member = auth_gates.find_sign_in(session, company)
    if member is None:
        raise click.ClickException(f"Nobody signs in as {company}.")
    tenancy.serve(session, member.company_id)
    try:
        counts = importing.import_archive(session, _archive(file, public_key))
    except PermanentError as error:
        raise click.ClickException(error.sentence) from None
    session.commit()
    click.echo(f"{sum(counts.values()):,} rows of {len(counts)} tables are there.")


@leader.command("verify-archive")
@click.argument("file", type=click.File("rb"))
@click.option("--public-key", help="Of the Leader that made the archive; this one's own by default.")
def verify_archive(file: BinaryIO, public_key: str | None) -> None:
    """Check an export archive of any size: its signature, and each file in it."""
    try:
        reader = _archive(file, public_key)
        reader.check()
    except PermanentError as error:
        raise click.ClickException(error.sentence) from None
    click.echo(f"Unchanged: {len(reader.manifest.files)} files of {reader.manifest.company_name}.")


def _archive(file: BinaryIO, public_key: str | None) -> ArchiveReader:
    return ArchiveReader(file, public_key or signer(services().settings).public_key)


@leader.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Back the database and the files up into a new folder inside FOLDER, and forget old backups there."""
    try:
        made = backup_making.make(services().settings, folder)
    except PermanentError as error:
        raise click.ClickException(error.sentence) from None
    click.echo(f"Backed up into {made}. The companies' keys lie apart, in {folder / 'keys'}.")


@leader.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(folder: Path, yes: bool) -> None:
    """Replace the database and the files by a backup; what was erased since is erased again. Stop Leader first."""
    held = services()
    if not yes:
        click.confirm("Everything that is there now is replaced. Go on?", abort=True)
    db.session.remove()
    db.engine.dispose()
    try:
        done = restoring.restore(held.settings, folder.resolve(), held.key_ring)
    except PermanentError as error:
        raise click.ClickException(error.sentence) from None
    click.echo(
        f"Restored. Erased again: {done.companies} companies, {done.leads} leads, {done.people} people. "
        f"Without their key, so that they connect Google Ads again: {done.without_key} companies. "
        "Run migrate before you start Leader."
    )


@leader.command("rotate-keys")
def rotate_keys() -> None:
    """Wrap every company's data key under the first of LEADER_MASTER_KEYS. May be stopped and run again."""
    wrapped = desk_commands.rotate(services().key_ring)
    for company_id in company_gates.all_ids(db.session()):
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        wrapped += rotation.rotate(db.session(), services().key_ring)
        wrapped += two_step.rotate(db.session(), services().key_ring)
        db.session.commit()
    click.echo(f"{wrapped} keys are wrapped anew. The other master keys are needed no more.")


@leader.command("verify-receipts")
def verify_receipts() -> None:
    """Read every receipt of every company, and say which were changed outside of Leader."""
    read, after = 0, None
    is_whole = True
    while found := conversion_gates.companies_after(db.session(), after, 100):
        for company_id in found:
            db.session.remove()
            tenancy.serve(db.session(), company_id)
            count, breaks = verifying.broken(db.session())
            read += count
            for upload_id, position in breaks:
                is_whole = False
                click.echo(f"Company {company_id}, upload {upload_id}: the chain breaks at entry {position}.")
        after = found[-1]
        db.session.remove()
    if not is_whole:
        raise click.ClickException("Some receipts were changed outside of Leader.")
    click.echo(f"{read:,} receipts are intact.")
