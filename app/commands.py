"""`flask leader …`: what is run by hand or by the supervisor."""

import click
from flask.cli import AppGroup

from app import schedule as schedule_module
from app.core import migration
from app.core.db import sqlalchemy_url
from app.core.services import services

leader = AppGroup("leader", help="Run and look after Leader.")


@leader.command()
def migrate() -> None:
    """Bring the database's schema up to date, as its owner."""
    settings = services().settings
    migration.upgrade(sqlalchemy_url(settings.migration_database_url or settings.database_url))
    click.echo("The database is up to date.")


@leader.command()
def schedule() -> None:
    """Ring the bells of periodic work until stopped."""
    schedule_module.run(services().bell)
