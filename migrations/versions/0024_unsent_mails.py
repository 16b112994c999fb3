"""Mails about an erased lead that have not left yet.

Revision: 0024, after 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FORGET = """
CREATE FUNCTION forget_unsent_mails(about uuid) RETURNS void
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
    DELETE FROM mails m
     WHERE m.company_id = nullif(current_setting('app.company_id', true), '')::uuid
       AND m.state IN ('pending', 'sending') AND m.values::text LIKE '%' || about::text || '%'
$$
"""


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(FORGET)
    op.execute("ALTER FUNCTION forget_unsent_mails OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION forget_unsent_mails FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION forget_unsent_mails TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    op.execute("DROP FUNCTION forget_unsent_mails")
