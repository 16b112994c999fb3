"""Custom fields, and what they say of each lead.

Revision: 0053, after 0052
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
KINDS = "kind IN ('text', 'number', 'date', 'choice', 'yes_no')"


def upgrade() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choices", JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_custom_fields_kind")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_custom_fields_name")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_custom_fields_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_custom_fields")),
    )
    op.create_index("uq_custom_fields_name", "custom_fields", ["company_id", sa.text("lower(name)")], unique=True)
    op.create_table(
        "custom_values",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("number", sa.Numeric(20, 6), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_custom_values_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_custom_values_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "field_id"],
            ["custom_fields.company_id", "custom_fields.id"],
            name=op.f("fk_custom_values_company_id_field_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_custom_values")),
        sa.UniqueConstraint(
            "company_id", "lead_id", "field_id", name=op.f("uq_custom_values_company_id_lead_id_field_id")
        ),
    )
    op.create_index("ix_custom_values_value", "custom_values", ["company_id", "field_id", "value", "lead_id"])
    op.create_index(
        "ix_custom_values_number",
        "custom_values",
        ["company_id", "field_id", "number", "lead_id"],
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    for table in ("custom_fields", "custom_values"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
    op.execute("SELECT keep_to_own_leads('custom_values')")
    op.execute("GRANT SELECT ON custom_values TO leader_gate")
    op.execute("CREATE POLICY gate ON custom_values TO leader_gate USING (true)")
