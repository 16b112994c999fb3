"""Stages have colours, and are archived rather than deleted.

Revision: 0042, after 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stages", sa.Column("colour", sa.Text(), nullable=False, server_default=""))
    op.add_column("stages", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("stages", "archived_at")
    op.drop_column("stages", "colour")
