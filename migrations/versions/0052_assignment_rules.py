"""Rules of assignment, and whose turn it is in each.

Revision: 0052, after 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "assignment_rules",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("field IN ('any', 'channel', 'source', 'campaign')", name=op.f("ck_assignment_rules_field")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_assignment_rules_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_assignment_rules")),
    )
    op.create_index("ix_assignment_rules_order", "assignment_rules", ["company_id", "position"])
    op.create_table(
        "assignment_turns",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_assignment_turns_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "rule_id"],
            ["assignment_rules.company_id", "assignment_rules.id"],
            name=op.f("fk_assignment_turns_company_id_rule_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "user_id"],
            ["members.company_id", "members.user_id"],
            name=op.f("fk_assignment_turns_company_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_assignment_turns")),
        sa.UniqueConstraint(
            "company_id", "rule_id", "user_id", name=op.f("uq_assignment_turns_company_id_rule_id_user_id")
        ),
    )
    for table in ("assignment_rules", "assignment_turns"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
