"""Saved views of the table of leads.

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_saved_views_name")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_saved_views_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "user_id"],
            ["members.company_id", "members.user_id"],
            name=op.f("fk_saved_views_company_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_saved_views")),
    )
    op.create_index("ix_saved_views_user", "saved_views", ["company_id", "user_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views TO leader_app")
    op.execute("ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE saved_views FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON saved_views TO leader_app USING (company_id = {CURRENT})")
