"""Files for Google's own upload page.

Revision: 0039, after 0038
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "conversion_files",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("upload_ids", JSONB(), nullable=False),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_conversion_files_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_conversion_files"),
        sa.CheckConstraint("kind IN ('clicks', 'leads', 'changes')", name=op.f("ck_conversion_files_kind")),
    )
    op.create_index("ix_conversion_files_newest", "conversion_files", ["company_id", "made_at", "id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON conversion_files TO leader_app")
    op.execute("ALTER TABLE conversion_files ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE conversion_files FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON conversion_files TO leader_app USING (company_id = {CURRENT})")


def downgrade() -> None:
    op.drop_table("conversion_files")
