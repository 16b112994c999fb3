"""People without a company, logs that stay a year, and the way to a closed company of one's own.

Revision: 0031, after 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

LEFT_BEHIND = """
    CREATE FUNCTION drop_person_left_behind(given uuid)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        -- Whoever joins a company meanwhile holds this row: look again once they are done.
        PERFORM 1 FROM users u WHERE u.id = given FOR UPDATE;
        DELETE FROM users u WHERE u.id = given AND NOT EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id);
    END $$"""


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(LEFT_BEHIND)
    _hand_over("drop_person_left_behind")
    _define_purges("greatest(days, 365)")
    open_to_owners = "(c.closed_at IS NULL OR (m.role = 'owner' AND c.erase_at > now()))"
    _define_companies(", is_closed boolean", ", c.closed_at IS NOT NULL", open_to_owners)
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
    # As the role of the gates, which sees every membership.
    op.execute("SET LOCAL ROLE leader_gate")
    op.execute("DELETE FROM users u WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id)")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute("DROP FUNCTION drop_person_left_behind")
    _define_purges("days")
    _define_companies("", "", "c.closed_at IS NULL")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def _define_purges(kept: str) -> None:
    """Nobody empties a log early, the product's own role included."""
    op.execute(f"""
        CREATE OR REPLACE FUNCTION purge_security_entries(days integer) RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH gone AS (DELETE FROM security_entries WHERE at < now() - make_interval(days => {kept}) RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""")
    op.execute(f"""
        CREATE OR REPLACE FUNCTION purge_desk(days integer) RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH sessions AS (DELETE FROM staff_sessions WHERE expires_at < now() RETURNING 1),
                 entries AS (DELETE FROM staff_entries WHERE at < now() - make_interval(days => {kept}) RETURNING 1)
            SELECT (SELECT count(*) FROM sessions)::integer + (SELECT count(*) FROM entries)::integer
        $$""")


def _define_companies(column: str, value: str, is_reached: str) -> None:
    """To which companies does whoever holds this session belong, and which of them may the session serve?"""
    op.execute("DROP FUNCTION workplaces")
    op.execute(f"""
        CREATE FUNCTION workplaces(given bytea)
        RETURNS TABLE (company_id uuid, name text, role text{column})
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT c.id, c.name, m.role{value}
              FROM sign_in_sessions s JOIN members m ON m.user_id = s.user_id JOIN companies c ON c.id = m.company_id
             WHERE s.token_hash = given AND s.expires_at > now() AND {is_reached}
             ORDER BY c.name, c.id
        $$""")
    _hand_over("workplaces")
    op.execute(f"""
        CREATE OR REPLACE FUNCTION move_session(given bytea, wanted uuid, fresh bytea)
        RETURNS boolean
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH moved AS (
                UPDATE sign_in_sessions s SET company_id = wanted, token_hash = fresh
                 WHERE s.token_hash = given AND s.expires_at > now()
                   AND EXISTS (SELECT 1 FROM members m JOIN companies c ON c.id = m.company_id
                                WHERE m.company_id = wanted AND m.user_id = s.user_id AND {is_reached})
                RETURNING 1
            )
            SELECT EXISTS (SELECT 1 FROM moved)
        $$""")


def _hand_over(name: str) -> None:
    op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
