"""Two-step sign-in for whoever wants it.

Revision: 0047, after 0046
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.Text(), nullable=False),
        sa.Column("sealed_code_key", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery_marks", postgresql.JSONB(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_second_factors_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factors"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors TO leader_app")
    op.execute("ALTER TABLE second_factors ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE second_factors FORCE ROW LEVEL SECURITY")
    # As for the people themselves: the served company sees its own members'.
    op.execute(
        "CREATE POLICY fellow_members ON second_factors TO leader_app USING (user_id IN (SELECT user_id FROM members))"
    )


def downgrade() -> None:
    op.drop_table("second_factors")
