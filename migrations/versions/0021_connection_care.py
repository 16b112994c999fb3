"""Care for connections: a note of what followed a reconnection, and conversion actions that a member asked for.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    op.drop_column("connections", "told_at")
    op.add_column("connections", sa.Column("reconciliation", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("connections", "reconciliation", server_default=None)
    op.create_table(
        "wanted_actions",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ad_account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("counting_type", sa.Text(), nullable=False),
        sa.Column("click_window_days", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("google_id", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "ad_account_id"],
            ["ad_accounts.company_id", "ad_accounts.id"],
            name="fk_wanted_actions_company_id_ad_account_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_wanted_actions_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_wanted_actions"),
    )
    op.create_index("ix_wanted_actions_account", "wanted_actions", ["company_id", "ad_account_id", "asked_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON wanted_actions TO leader_app")
    op.execute("ALTER TABLE wanted_actions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE wanted_actions FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON wanted_actions TO leader_app USING (company_id = {CURRENT})")


def downgrade() -> None:
    op.drop_table("wanted_actions")
    op.drop_column("connections", "reconciliation")
    op.add_column("connections", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
