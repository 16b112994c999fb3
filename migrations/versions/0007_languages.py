"""The language of a person and of a company; sign-in tells the person's along with the rest.

Revision: 0007, after 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN_SESSION = """
    CREATE FUNCTION open_session(given bytea)
        RETURNS TABLE (session_id uuid, company_id uuid, user_id uuid, name text, email text, role text,
                       company_name text, time_zone text, currency text, region text, is_demo boolean,
                       {column}is_noted boolean)
        SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE hit record; noted boolean := false;
        BEGIN
            SELECT s.id, s.company_id, s.last_seen_at, u.id AS user_id, u.name, u.email, {read}m.role,
                   c.name AS company_name, c.time_zone, c.currency, c.region, c.is_demo
              INTO hit
              FROM sign_in_sessions s
              JOIN users u ON u.id = s.user_id
              JOIN members m ON m.company_id = s.company_id AND m.user_id = s.user_id
              JOIN companies c ON c.id = s.company_id
             WHERE s.token_hash = given AND s.expires_at > now();
            IF NOT FOUND THEN RETURN; END IF;
            IF hit.last_seen_at < now() - interval '5 minutes' THEN
                UPDATE sign_in_sessions s SET last_seen_at = now() WHERE s.token_hash = given;
                noted := true;
            END IF;
            PERFORM set_config('app.company_id', hit.company_id::text, true);
            RETURN QUERY SELECT hit.id, hit.company_id, hit.user_id, hit.name, hit.email, hit.role,
                                hit.company_name, hit.time_zone, hit.currency, hit.region, hit.is_demo,
                                {answer}noted;
        END $$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN language text NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE companies ADD COLUMN language text NOT NULL DEFAULT 'en'")
    op.execute("GRANT UPDATE (language) ON users TO leader_app")
    _replace(_OPEN_SESSION.format(column="language text, ", read="u.language, ", answer="hit.language, "))


def downgrade() -> None:
    _replace(_OPEN_SESSION.format(column="", read="", answer=""))
    op.execute("ALTER TABLE companies DROP COLUMN language")
    op.execute("ALTER TABLE users DROP COLUMN language")


def _replace(definition: str) -> None:
    """A function that answers with other columns is made anew, and owned and closed as in 0002."""
    op.execute("DROP FUNCTION open_session")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(definition)
    op.execute("ALTER FUNCTION open_session OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION open_session FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION open_session TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
