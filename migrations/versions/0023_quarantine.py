"""Why a lead was taken for spam.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("spam_reasons", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.execute("""UPDATE leads SET spam_reasons = '["TRAPPED"]' WHERE is_spam""")
