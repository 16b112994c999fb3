"""A change of stage keeps the reason of the loss that it ended, so that taking it back can put it back.

Revision: 0032, after 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KEY = "fk_stage_changes_company_id_lost_reason_id"


def upgrade() -> None:
    op.add_column("stage_changes", sa.Column("lost_reason_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f(KEY),
        "stage_changes",
        "lost_reasons",
        ["company_id", "lost_reason_id"],
        ["company_id", "id"],
        ondelete="SET NULL (lost_reason_id)",
    )


def downgrade() -> None:
    op.drop_column("stage_changes", "lost_reason_id")
