"""The second person of the staff reads the owner's request before an account is closed, so the list names it.

Revision: 0029, after 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _define(", request_id uuid", ", k.request_id")


def downgrade() -> None:
    _define("", "")


def _define(column: str, value: str) -> None:
    op.execute("DROP FUNCTION desk_closings")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_desk")
    op.execute(f"""
        CREATE FUNCTION desk_closings(given bytea)
        RETURNS TABLE (id uuid, of_company uuid, company_name text, reason text, asked_by_name text,
                       asked_at timestamptz, is_own boolean{column})
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        #variable_conflict use_column
        DECLARE reader uuid := demand_staff(given);
        BEGIN
            PERFORM desk_note(given, 'staff.saw_closings', NULL, NULL);
            RETURN QUERY
            SELECT k.id, k.of_company, c.name, k.reason, coalesce(s.name, ''), k.asked_at, k.asked_by = reader{value}
              FROM staff_closings k JOIN companies c ON c.id = k.of_company LEFT JOIN staff s ON s.id = k.asked_by
             WHERE k.state = 'asked' ORDER BY k.asked_at LIMIT 100;
        END $$""")
    op.execute("ALTER FUNCTION desk_closings OWNER TO leader_desk")
    op.execute("REVOKE ALL ON FUNCTION desk_closings FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION desk_closings TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_desk")
