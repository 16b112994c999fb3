"""Files on support requests, sealed.

Revision: 0049, after 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "support_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('person', 'staff')", name="ck_support_files_side"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["support_requests.id"], name="fk_support_files_request_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_files"),
    )
    op.create_index("ix_support_files_request", "support_files", ["request_id", "id"])
    op.execute("GRANT SELECT, INSERT ON support_files TO leader_app")
    op.execute("GRANT SELECT (id, wrapped_key), UPDATE (wrapped_key) ON support_files TO leader_gate")
    op.execute("ALTER TABLE support_files ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE support_files FORCE ROW LEVEL SECURITY")
    # As the messages: for the thread's own company, and for whoever opened the thread.
    op.execute(
        "CREATE POLICY own ON support_files TO leader_app USING (request_id IN (SELECT id FROM support_requests))"
    )
    op.execute("CREATE POLICY gate ON support_files TO leader_gate USING (true)")


def downgrade() -> None:
    op.drop_table("support_files")
