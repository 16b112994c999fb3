"""Who has seen which version of a policy.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "policy_acknowledgements",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('signed_up', 'notice')", name=op.f("ck_policy_acknowledgements_way")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_policy_acknowledgements_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_policy_acknowledgements")),
        sa.UniqueConstraint(
            "company_id",
            "user_id",
            "policy",
            "day",
            name=op.f("uq_policy_acknowledgements_company_id_user_id_policy_day"),
        ),
    )
    op.execute("GRANT SELECT, INSERT ON policy_acknowledgements TO leader_app")
    op.execute("ALTER TABLE policy_acknowledgements ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE policy_acknowledgements FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON policy_acknowledgements TO leader_app USING (company_id = {CURRENT})")


def downgrade() -> None:
    op.drop_table("policy_acknowledgements")
