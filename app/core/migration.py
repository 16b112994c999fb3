"""The database's schema: bringing it up to date, and telling whether it is. And the log-in of the product, which may
become leader_app and nobody else: whoever reaches raw SQL through it is still bound by row-level security."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import connect, sql
from sqlalchemy import Connection, text

from app.core.db import APP_ROLE

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


def make_log_in(owner_url: str, name: str, password: str) -> None:
    """Make a log-in for the product, or give it another password; without one the server must trust it otherwise. As
    the owner of the database, once the schema is there."""
    with connect(owner_url) as owner:
        role = sql.Identifier(name)
        if owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
            owner.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        if password:
            hidden = owner.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
            owner.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(hidden.decode())))
        owner.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP_ROLE), role))


def is_bound(connection: Connection) -> bool:
    """True when this log-in can become nobody whom row-level security does not bind: not the owner of the tables, and
    no role that gates, erasers or the desk run as."""
    return bool(
        connection.scalar(
            text("""
                SELECT NOT (me.rolsuper OR me.rolbypassrls OR me.rolcreaterole)
                   AND NOT pg_has_role(me.oid, owned.relowner, 'MEMBER')
                   AND NOT EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname LIKE 'leader\\_%'
                                      AND r.rolname NOT IN ('leader_app', me.rolname)
                                      AND pg_has_role(me.oid, r.oid, 'MEMBER'))
                  FROM pg_roles me, pg_class owned
                 WHERE me.rolname = session_user AND owned.oid = 'companies'::regclass""")
        )
    )
