"""Totals of leads that are gone say what reports count of them; the figures that reports kept beside them go.

Revision: 0046, after 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

CELL = ["company_id", "week", "channel", "campaign", "stage_kind", "value_bucket"]
TABLES = ("lead_totals", "daily_figures", "report_days_due")


def upgrade() -> None:
    op.add_column("lead_totals", sa.Column("currency", sa.Text(), nullable=False, server_default=""))
    for name, kind in (("quotable", sa.Integer()), ("answered", sa.Integer()), ("value_minor", sa.BigInteger())):
        op.add_column("lead_totals", sa.Column(name, kind, nullable=False, server_default="0"))
    op.drop_constraint("uq_lead_totals_cell", "lead_totals")
    op.create_unique_constraint("uq_lead_totals_cell", "lead_totals", [*CELL, "currency"])
    for table in TABLES:  # for the two statements below: the owner of a table is bound by its policies too
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM daily_figures WHERE is_kept")
    op.execute(
        "INSERT INTO report_days_due (company_id, id, day)"
        " SELECT DISTINCT ON (company_id, week) company_id, gen_random_uuid(), week FROM lead_totals"
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.drop_column("daily_figures", "is_kept")


def downgrade() -> None:
    op.add_column("daily_figures", sa.Column("is_kept", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.drop_constraint("uq_lead_totals_cell", "lead_totals")
    for name in ("value_minor", "answered", "quotable", "currency"):
        op.drop_column("lead_totals", name)
    op.create_unique_constraint("uq_lead_totals_cell", "lead_totals", CELL)
