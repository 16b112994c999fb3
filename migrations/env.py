"""Runs the migrations as the database's owner. `flask leader migrate` hands over the connection's address."""

from alembic import context
from sqlalchemy import create_engine, pool

from app.core.db import Base

config = context.config


def run() -> None:
    """Each migration in its own transaction, one process at a time (an advisory lock keeps a second one waiting)."""
    engine = create_engine(config.attributes["database_url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(7302001)")
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
