"""Recordings: what is kept of calls, who listened, and what is deleted at providers.

Revision: 0051, after 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
INSTANT = sa.DateTime(timezone=True)
RIGHTS = {
    "call_recordings": "SELECT, INSERT, UPDATE, DELETE",
    "recording_listens": "SELECT, INSERT",
    "recording_deletions": "SELECT, INSERT, UPDATE",
}
CLAIM = """
    RETURNS TABLE (company_id uuid, row_id uuid, claim integer, attempts integer)
    LANGUAGE sql AS $$
        WITH due AS MATERIALIZED (
            SELECT w.company_id, w.id FROM {table} w JOIN companies c ON c.id = w.company_id
             WHERE w.state = 'due' AND w.due_at <= clock_timestamp() AND c.closed_at IS NULL
             ORDER BY w.due_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED
        )
        UPDATE {table} w SET claim = w.claim + 1, attempts = w.attempts + 1, due_at = clock_timestamp() + lease
          FROM due WHERE w.company_id = due.company_id AND w.id = due.id
        RETURNING w.company_id, w.id, w.claim, w.attempts
    $$"""
GATES = {
    # Which recording is due to be fetched, which deletion to be asked for? Nobody else gets it until the lease ends.
    "claim_call_recording(lease interval)": CLAIM.format(table="call_recordings"),
    "claim_recording_deletion(lease interval)": CLAIM.format(table="recording_deletions"),
    # Which open accounts hold recordings that were kept before?
    "companies_with_recordings(before timestamptz)": """
        RETURNS TABLE (company_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT c.id FROM companies c WHERE c.closed_at IS NULL AND EXISTS (
                SELECT 1 FROM call_recordings r
                 WHERE r.company_id = c.id AND r.state = 'kept' AND r.kept_at < before)
        $$""",
    # For which of these files does no recording answer?
    "unwanted_recording_files(names text[])": """
        RETURNS TABLE (name text)
        LANGUAGE sql STABLE AS $$
            SELECT n FROM unnest(names) n
             WHERE NOT EXISTS (SELECT 1 FROM call_recordings r WHERE r.file_name = n AND r.file_name <> '')
        $$""",
}


def upgrade() -> None:
    op.add_column("calls", sa.Column("announced_at", INSTANT, nullable=True))
    op.add_column("call_numbers", sa.Column("announced_since", INSTANT, nullable=True))
    op.add_column("call_numbers", sa.Column("announced_by_name", sa.Text(), nullable=False, server_default=""))
    op.alter_column("call_numbers", "announced_by_name", server_default=None)
    for name, kind, value in (
        ("keeps_recordings", sa.Boolean(), "false"),
        ("everybody_listens", sa.Boolean(), "false"),
        ("recording_days", sa.Integer(), "90"),
        ("recording_days_before", sa.Integer(), "90"),
        ("recording_days_from", INSTANT, "now()"),
    ):
        op.add_column("call_settings", sa.Column(name, kind, nullable=False, server_default=sa.text(value)))
        op.alter_column("call_settings", name, server_default=None)
    _create_recordings()
    _create_listens()
    _create_deletions()
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
    for table in ("call_recordings", "recording_deletions"):
        op.execute(f"GRANT SELECT, UPDATE (claim, attempts, due_at) ON {table} TO leader_gate")
        op.execute(f"CREATE POLICY gate ON {table} TO leader_gate USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        head, _, rest = body.partition("LANGUAGE")
        op.execute(
            f"CREATE FUNCTION {signature} {head} SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE {rest}"
        )
        name = signature.partition("(")[0]
        op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def _create_recordings() -> None:
    op.create_table(
        "call_recordings",
        *_key("call_recordings"),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        *_texts("provider", "external_id", "account", "remote_url", "state", "problem", "announced_by"),
        *_work(),
        *_texts("file_name", "sealed_key"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_texts("media_type"),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        *_texts("transcript"),
        sa.Column("kept_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        *_texts("deleted_by_name"),
        sa.CheckConstraint(
            "state IN ('heard', 'due', 'kept', 'refused', 'failed', 'deleted')", name=op.f("ck_call_recordings_state")
        ),
        sa.CheckConstraint("announced_by IN ('', 'provider', 'number')", name=op.f("ck_call_recordings_announced_by")),
        sa.ForeignKeyConstraint(
            ["company_id", "call_id"],
            ["calls.company_id", "calls.id"],
            name=op.f("fk_call_recordings_company_id_call_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "company_id", "provider", "external_id", name=op.f("uq_call_recordings_company_id_provider_external_id")
        ),
    )
    op.create_index("ix_call_recordings_call", "call_recordings", ["company_id", "call_id"])
    for name, columns, where in (
        ("due", ["due_at"], "state = 'due'"),
        ("kept", ["company_id", "kept_at"], "state = 'kept'"),
        ("file", ["file_name"], "file_name <> ''"),
    ):
        op.create_index(f"ix_call_recordings_{name}", "call_recordings", columns, postgresql_where=sa.text(where))


def _create_listens() -> None:
    op.create_table(
        "recording_listens",
        *_key("recording_listens"),
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_texts("user_name"),
        sa.Column("hour", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "recording_id"],
            ["call_recordings.company_id", "call_recordings.id"],
            name=op.f("fk_recording_listens_company_id_recording_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "company_id",
            "recording_id",
            "user_id",
            "hour",
            name=op.f("uq_recording_listens_company_id_recording_id_user_id_hour"),
        ),
    )


def _create_deletions() -> None:
    op.create_table(
        "recording_deletions",
        *_key("recording_deletions"),
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        *_texts("provider", "external_id", "account", "file_name", "reason", "state"),
        *_work(),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'done', 'by_hand', 'given_up')", name=op.f("ck_recording_deletions_state")
        ),
        sa.UniqueConstraint("company_id", "recording_id", name=op.f("uq_recording_deletions_company_id_recording_id")),
    )
    op.create_index(
        "ix_recording_deletions_due", "recording_deletions", ["due_at"], postgresql_where=sa.text("state = 'due'")
    )
    op.create_index("ix_recording_deletions_newest", "recording_deletions", ["company_id", "asked_at", "id"])


def _key(table: str) -> tuple[object, ...]:
    """What every table of a company begins with."""
    return (
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=f"fk_{table}_company_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"pk_{table}"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _work() -> tuple[object, ...]:
    """What every row has that a worker claims."""
    return (
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
    )


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    for table in ("recording_listens", "recording_deletions", "call_recordings"):
        op.drop_table(table)
    for name in (
        "keeps_recordings", "everybody_listens", "recording_days", "recording_days_before", "recording_days_from",
    ):  # fmt: skip
        op.drop_column("call_settings", name)
    op.drop_column("call_numbers", "announced_since")
    op.drop_column("call_numbers", "announced_by_name")
    op.drop_column("calls", "announced_at")
