"""The page behind a mailed link tells whether the account's address is confirmed already.

Revision: 0040, after 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _define(", is_confirmed boolean", ", u.email_confirmed_at IS NOT NULL")


def downgrade() -> None:
    _define("", "")


def _define(column: str, value: str) -> None:
    op.execute("DROP FUNCTION read_link")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(f"""
        CREATE FUNCTION read_link(given bytea, wanted text)
        RETURNS TABLE (user_id uuid, name text, email text, company_id uuid, company_name text{column})
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT u.id, u.name, l.email, c.id, c.name{value}
              FROM mailed_links l JOIN users u ON u.id = l.user_id
              JOIN members m ON m.user_id = u.id JOIN companies c ON c.id = m.company_id
             WHERE l.token_hash = given AND l.purpose = wanted AND l.used_at IS NULL AND l.expires_at > now()
             ORDER BY c.closed_at IS NOT NULL, m.created_at LIMIT 1
        $$""")
    op.execute("ALTER FUNCTION read_link OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION read_link FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION read_link TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
