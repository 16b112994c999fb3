"""A withdrawn consent says on which day the person said so, and who wrote it down.

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consents", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column("consents", sa.Column("recorded_by_name", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("consents", "recorded_by_name")
    op.drop_column("consents", "withdrawn_on")
