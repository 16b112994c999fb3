"""What Google itself says of the uploads to an ad account.

Revision: 0043, after 0042
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
NUMBERS = ("total", "successful", "pending")


def upgrade() -> None:
    op.drop_constraint(op.f("ck_ad_readings_kind"), "ad_readings")
    op.create_check_constraint(op.f("ck_ad_readings_kind"), "ad_readings", "kind IN ('costs', 'clicks', 'diagnosis')")
    op.create_table(
        "ad_diagnoses",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in NUMBERS),
        sa.Column("last_upload_at", sa.Text(), nullable=False),
        sa.Column("days", JSONB(), nullable=False),
        sa.Column("alerts", JSONB(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_ad_diagnoses_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_ad_diagnoses"),
        sa.UniqueConstraint(
            "company_id", "customer_id", "client", name="uq_ad_diagnoses_company_id_customer_id_client"
        ),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ad_diagnoses TO leader_app")
    op.execute("ALTER TABLE ad_diagnoses ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE ad_diagnoses FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON ad_diagnoses TO leader_app USING (company_id = {CURRENT})")


def downgrade() -> None:
    op.drop_table("ad_diagnoses")
    op.execute("DELETE FROM ad_readings WHERE kind = 'diagnosis'")
    op.drop_constraint(op.f("ck_ad_readings_kind"), "ad_readings")
    op.create_check_constraint(op.f("ck_ad_readings_kind"), "ad_readings", "kind IN ('costs', 'clicks')")
