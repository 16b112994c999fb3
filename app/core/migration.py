"""The database's schema: bringing it up to date, and telling whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def configuration(database_url: str = "") -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that is still due, as the owner of the database."""
    command.upgrade(configuration(database_url), "head")


def is_current(connection: Connection) -> bool:
    """True when the database has the schema that this code expects."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == head)
