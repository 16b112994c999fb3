"""Conversions whole: rules with conditions, versions of what Google was told, deadlines, chained receipts, a pause.

Revision: 0016, after 0015
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
INSTANT = sa.DateTime(timezone=True)

GATES = {
    # Which connections has nobody looked at for so long? Noted in the same statement.
    "claim_connections_to_check(most integer, pause interval)": """
        RETURNS TABLE (company_id uuid, connection_id uuid)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT c.company_id, c.id FROM connections c
                 WHERE c.state = 'active'
                   AND (c.checked_at IS NULL OR c.checked_at < clock_timestamp() - pause)
                 ORDER BY c.checked_at NULLS FIRST LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE connections c SET checked_at = clock_timestamp()
              FROM due WHERE c.company_id = due.company_id AND c.id = due.id
            RETURNING c.company_id, c.id
        $$""",
    # Whose ad accounts are still to be read? Found here when the bell for it was lost.
    "due_account_readings(most integer)": """
        RETURNS TABLE (company_id uuid, connection_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT c.company_id, c.id FROM connections c
             WHERE c.state = 'active' AND c.accounts_asked_at < now() - interval '20 seconds'
             ORDER BY c.accounts_asked_at LIMIT most
        $$""",
    # Which rules still have leads of the past to report?
    "due_past_plannings(most integer)": """
        RETURNS TABLE (company_id uuid, mapping_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT m.company_id, m.id FROM conversion_mappings m
             WHERE m.past_asked_at IS NOT NULL AND m.is_active ORDER BY m.past_asked_at LIMIT most
        $$""",
    # The next companies in the order of their ids, for work that goes through all of them.
    "companies_after(after uuid, most integer)": """
        RETURNS TABLE (company_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT c.id FROM companies c WHERE after IS NULL OR c.id > after ORDER BY c.id LIMIT most
        $$""",
}


def upgrade() -> None:
    _mappings()
    _uploads()
    _connections()
    _pauses()
    _chain()
    _create_gates()


def _mappings() -> None:
    op.add_column("conversion_mappings", sa.Column("percent", sa.Integer(), nullable=False, server_default="100"))
    op.add_column(
        "conversion_mappings", sa.Column("needs_consent", sa.Boolean(), nullable=False, server_default="false")
    )
    op.add_column("conversion_mappings", sa.Column("channels", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("conversion_mappings", sa.Column("past_asked_at", INSTANT, nullable=True))
    op.drop_constraint("ck_conversion_mappings_value_rule", "conversion_mappings")
    op.create_check_constraint(
        op.f("ck_conversion_mappings_value_rule"), "conversion_mappings", "value_rule IN ('fixed', 'lead', 'percent')"
    )
    op.create_check_constraint(
        op.f("ck_conversion_mappings_percent"), "conversion_mappings", "percent BETWEEN 1 AND 1000"
    )
    op.create_index(
        "ix_conversion_mappings_past",
        "conversion_mappings",
        ["past_asked_at"],
        postgresql_where=sa.text("past_asked_at IS NOT NULL"),
    )
    for column in ("percent", "needs_consent", "channels"):
        op.alter_column("conversion_mappings", column, server_default=None)


def _uploads() -> None:
    op.create_index("ix_stage_changes_reached", "stage_changes", ["company_id", "to_stage_id", "changed_at"])
    op.add_column("conversion_uploads", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("conversion_uploads", sa.Column("change", sa.Text(), nullable=False, server_default=""))
    op.add_column("conversion_uploads", sa.Column("occurred_at", INSTANT, nullable=True))
    op.add_column("conversion_uploads", sa.Column("deadline_at", INSTANT, nullable=True))
    op.add_column("conversion_uploads", sa.Column("value_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("conversion_uploads", sa.Column("currency", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE conversion_uploads u SET occurred_at = u.created_at, currency = m.currency, value_minor = m.value_minor"
        " FROM conversion_mappings m WHERE m.company_id = u.company_id AND m.id = u.mapping_id"
    )
    op.alter_column("conversion_uploads", "occurred_at", nullable=False)
    for column in ("version", "change", "value_minor", "currency"):
        op.alter_column("conversion_uploads", column, server_default=None)
    op.drop_constraint("uq_conversion_uploads_company_id_lead_id_mapping_id", "conversion_uploads")
    op.drop_constraint("uq_conversion_uploads_company_id_transaction_id", "conversion_uploads")
    op.create_unique_constraint(
        "uq_conversion_uploads_company_id_lead_id_mapping_id_version",
        "conversion_uploads",
        ["company_id", "lead_id", "mapping_id", "version"],
    )
    op.create_unique_constraint(
        "uq_conversion_uploads_company_id_transaction_id_version",
        "conversion_uploads",
        ["company_id", "transaction_id", "version"],
    )
    op.create_index("ix_conversion_uploads_state", "conversion_uploads", ["company_id", "state", "created_at", "id"])
    op.create_index(
        "ix_conversion_uploads_deadline",
        "conversion_uploads",
        ["company_id", "deadline_at"],
        postgresql_where=sa.text("deadline_at IS NOT NULL AND state NOT IN ('accepted', 'sent')"),
    )


def _connections() -> None:
    op.add_column("conversion_actions", sa.Column("made_at", INSTANT, nullable=True))
    for name in ("checked_at", "told_at"):
        op.add_column("connections", sa.Column(name, INSTANT, nullable=True))
    op.add_column("connections", sa.Column("check_problem", sa.Text(), nullable=False, server_default=""))
    op.add_column("connections", sa.Column("upload_api", sa.Text(), nullable=False, server_default="data_manager"))
    for name in ("check_problem", "upload_api"):
        op.alter_column("connections", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_connections_upload_api"), "connections", "upload_api IN ('data_manager', 'google_ads')"
    )
    for name in ("auto_tagging", "accepted_terms", "enhanced_conversions"):
        op.add_column("ad_accounts", sa.Column(name, sa.Boolean(), nullable=True))
    op.add_column("ad_accounts", sa.Column("tracking_status", sa.Text(), nullable=False, server_default=""))
    op.alter_column("ad_accounts", "tracking_status", server_default=None)


def _pauses() -> None:
    op.create_table(
        "outbox_pauses",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paused_by_name", sa.Text(), nullable=False),
        sa.Column("paused_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_outbox_pauses_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_outbox_pauses"),
        sa.UniqueConstraint("company_id", name="uq_outbox_pauses_company_id"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON outbox_pauses TO leader_app")
    op.execute("ALTER TABLE outbox_pauses ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE outbox_pauses FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON outbox_pauses TO leader_app USING (company_id = {CURRENT})")


def _chain() -> None:
    """Give the entries that are there their place in the chain."""
    op.add_column("receipt_entries", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("receipt_entries", sa.Column("hash", sa.LargeBinary(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT company_id, id, upload_id, kind, data, at FROM receipt_entries ORDER BY company_id, upload_id, id"
        )
    ).all()
    upload_id, position, last = None, 0, b""
    for row in rows:
        if row.upload_id != upload_id:
            upload_id, position, last = row.upload_id, 0, b""
        position += 1
        told = [str(row.upload_id), position, row.kind, row.data, row.at.astimezone().timestamp()]
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        last = hashlib.sha256(last + text.encode()).digest()
        connection.execute(
            sa.text("UPDATE receipt_entries SET position = :p, hash = :h WHERE company_id = :c AND id = :i"),
            {"p": position, "h": last, "c": row.company_id, "i": row.id},
        )
    op.alter_column("receipt_entries", "position", nullable=False)
    op.alter_column("receipt_entries", "hash", nullable=False)
    op.create_unique_constraint(
        "uq_receipt_entries_company_id_upload_id_position", "receipt_entries", ["company_id", "upload_id", "position"]
    )
    op.drop_index("ix_receipt_entries_upload", "receipt_entries")


def _create_gates() -> None:
    op.execute("GRANT UPDATE (checked_at) ON connections TO leader_gate")
    op.execute("GRANT SELECT ON conversion_mappings TO leader_gate")
    op.execute("CREATE POLICY gate ON conversion_mappings TO leader_gate USING (true)")
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


def downgrade() -> None:
    raise RuntimeError("receipts cannot be taken out of their chain: restore a backup instead")
