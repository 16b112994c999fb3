"""Calls: numbers, providers, calls, and the gate by which providers come in.

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
INSTANT = sa.DateTime(timezone=True)
RIGHTS = {
    "call_settings": "SELECT, INSERT, UPDATE",
    "call_providers": "SELECT, INSERT, UPDATE, DELETE",
    "call_numbers": "SELECT, INSERT, UPDATE, DELETE",
    "calls": "SELECT, INSERT, UPDATE, DELETE",
    "call_tombstones": "SELECT, INSERT",
}
ENTER = """
CREATE FUNCTION enter_by_call_key(given text) RETURNS TABLE (company_id uuid)
SECURITY DEFINER SET search_path = public, pg_temp ROWS 1 LANGUAGE sql AS $$
    SELECT set_config('app.company_id', s.company_id::text, true)::uuid
      FROM call_settings s JOIN companies c ON c.id = s.company_id
     WHERE s.call_key = given AND s.is_enabled AND c.closed_at IS NULL
$$
"""


def upgrade() -> None:
    _create_settings()
    _create_calls()
    op.create_index(
        "ix_leads_phone",
        "leads",
        ["company_id", "phone_e164", "created_at"],
        postgresql_where=sa.text("phone_e164 <> ''"),
    )
    op.drop_constraint("ck_touchpoints_kind", "touchpoints")
    op.create_check_constraint(op.f("ck_touchpoints_kind"), "touchpoints", "kind IN ('visit', 'form', 'call')")
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
    op.execute("GRANT SELECT ON call_settings TO leader_gate")
    op.execute("CREATE POLICY gate ON call_settings TO leader_gate USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(ENTER)
    op.execute("ALTER FUNCTION enter_by_call_key OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION enter_by_call_key FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION enter_by_call_key TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def _create_settings() -> None:
    op.create_table(
        "call_settings",
        *_key("call_settings"),
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("company_id", name=op.f("uq_call_settings_company_id")),
        sa.UniqueConstraint("call_key", name=op.f("uq_call_settings_call_key")),
    )
    op.create_table(
        "call_providers",
        *_key("call_providers"),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("heard_at", INSTANT, nullable=True),
        sa.CheckConstraint("provider IN ('twilio', 'callrail', 'generic')", name=op.f("ck_call_providers_provider")),
        sa.UniqueConstraint("company_id", "provider", name=op.f("uq_call_providers_company_id_provider")),
    )
    op.create_table(
        "call_numbers",
        *_key("call_numbers"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("number_e164", "source", "medium", "campaign")),
        sa.UniqueConstraint("company_id", "number_e164", name=op.f("uq_call_numbers_company_id_number_e164")),
    )
    op.create_table(
        "call_tombstones",
        *_key("call_tombstones"),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.UniqueConstraint("company_id", "fingerprint", name=op.f("uq_call_tombstones_company_id_fingerprint")),
    )


def _create_calls() -> None:
    texts = ("provider", "external_id", "direction", "caller", "called", "source_words", "outcome")
    op.create_table(
        "calls",
        *_key("calls"),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("was_answered", sa.Boolean(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("callback_task_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.CheckConstraint("direction IN ('', 'inbound', 'outbound')", name=op.f("ck_calls_direction")),
        sa.CheckConstraint("outcome IN ('open', 'answered', 'missed')", name=op.f("ck_calls_outcome")),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_calls_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "callback_task_id"],
            ["tasks.company_id", "tasks.id"],
            name=op.f("fk_calls_company_id_callback_task_id"),
            ondelete="SET NULL (callback_task_id)",
        ),
        sa.UniqueConstraint(
            "company_id", "provider", "external_id", name=op.f("uq_calls_company_id_provider_external_id")
        ),
    )
    op.create_index("ix_calls_newest", "calls", ["company_id", "started_at", "id"])
    op.create_index("ix_calls_outcome_newest", "calls", ["company_id", "outcome", "started_at", "id"])
    op.create_index("ix_calls_lead", "calls", ["company_id", "lead_id", "started_at"])
    op.create_index(
        "ix_calls_callback",
        "calls",
        ["company_id", "callback_task_id"],
        postgresql_where=sa.text("callback_task_id IS NOT NULL"),
    )


def _key(table: str) -> tuple[object, ...]:
    """What every table of a company begins with."""
    return (
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=f"fk_{table}_company_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"pk_{table}"),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION enter_by_call_key")
    op.execute("DELETE FROM touchpoints WHERE kind = 'call'")
    op.drop_constraint("ck_touchpoints_kind", "touchpoints")
    op.create_check_constraint(op.f("ck_touchpoints_kind"), "touchpoints", "kind IN ('visit', 'form')")
    op.drop_index("ix_leads_phone", "leads")
    for table in ("calls", "call_tombstones", "call_numbers", "call_providers", "call_settings"):
        op.drop_table(table)
