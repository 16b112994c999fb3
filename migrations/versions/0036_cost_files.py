"""Files of costs, for ad accounts that Google's interface does not tell of.

Revision: 0036, after 0035
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "cost_files",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("columns", JSONB(), nullable=False),
        sa.Column("rows", JSONB(), nullable=False),
        sa.Column("refused", JSONB(), nullable=False),
        sa.Column("refused_number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("uploaded_by_name", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_cost_files_company_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_cost_files"),
        sa.UniqueConstraint("company_id", "customer_id", "digest", name="uq_cost_files_company_id_customer_id_digest"),
        sa.CheckConstraint("state IN ('seen', 'used', 'undone')", name=op.f("ck_cost_files_state")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_cost_files_days")),
    )
    op.create_index("ix_cost_files_newest", "cost_files", ["company_id", "uploaded_at", "id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON cost_files TO leader_app")
    op.execute("ALTER TABLE cost_files ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE cost_files FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON cost_files TO leader_app USING (company_id = {CURRENT})")


def downgrade() -> None:
    op.drop_table("cost_files")
