"""Members who see their own leads alone, and members who are away.

One rule, in the database: while `app.only_of` names somebody, row-level security shows the leads that this person
answers for and what hangs from them, whichever statement asks. The gate `open_session` sets it together with the
company, and the product sets it again for each transaction of the same request.

Revision: 0037, after 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
# Asked in a query of its own, so that it is answered once for a statement rather than once for a row; and in a CASE,
# since the planner takes "IS NULL OR …" for a condition that hardly any row meets, and reads whole tables then.
ONLY = "(SELECT nullif(current_setting('app.only_of', true), '')::uuid)"

KEEP = f"""
CREATE FUNCTION keep_to_own_leads(of_table regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE POLICY own_leads ON %s AS RESTRICTIVE TO leader_app USING (CASE WHEN {ONLY} IS NULL THEN true'
        ' ELSE EXISTS (SELECT 1 FROM leads l WHERE l.company_id = %s.company_id AND l.id = %s.lead_id) END)'
        ' WITH CHECK (true)',
        of_table, of_table, of_table);
END $$
""".replace("current_setting('app.only_of', true), ''", "current_setting(''app.only_of'', true), ''''")
"""For migrations: what hangs from a lead is seen by those who see the lead."""

TABLES = (
    "ad_clicks",
    "calls",
    "consents",
    "conversion_uploads",
    "events",
    "lead_holds",
    "lead_tags",
    "notes",
    "notifications",
    "stage_changes",
    "tasks",
    "touchpoints",
)

OPEN = """
    SELECT s.id, s.company_id, s.last_seen_at, u.id AS user_id, u.name, u.email, u.language, m.role,
           c.name AS company_name, c.time_zone, c.currency, c.region, c.is_demo,
           m.role = 'member' AND m.sees_own_leads_only AS sees_own_only
      INTO hit
      FROM sign_in_sessions s
      JOIN users u ON u.id = s.user_id
      JOIN members m ON m.company_id = s.company_id AND m.user_id = s.user_id
      JOIN companies c ON c.id = s.company_id
     WHERE s.token_hash = given AND s.expires_at > now() AND c.closed_at IS NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF hit.last_seen_at < now() - interval '5 minutes' THEN
        UPDATE sign_in_sessions s SET last_seen_at = now() WHERE s.token_hash = given;
        noted := true;
    END IF;
    PERFORM set_config('app.company_id', hit.company_id::text, true);
    IF hit.sees_own_only THEN PERFORM set_config('app.only_of', hit.user_id::text, true); END IF;
    RETURN QUERY SELECT hit.id, hit.company_id, hit.user_id, hit.name, hit.email, hit.role,
                        hit.company_name, hit.time_zone, hit.currency, hit.region, hit.is_demo,
                        hit.language, hit.sees_own_only, noted;
"""

SEARCH = f"""
CREATE OR REPLACE FUNCTION search_leads(
    wanted jsonb, spam boolean, before_at timestamptz, before_id uuid, most integer
) RETURNS TABLE (lead_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE company uuid := {CURRENT}; only_of uuid := {ONLY}; conditions text;
BEGIN
    SELECT coalesce(string_agg(condition, ''), '') INTO conditions FROM (VALUES
        ('pattern', ' AND l.search_text LIKE lower($1->>''pattern'')'),
        ('stage_id', ' AND l.stage_id = ($1->>''stage_id'')::uuid'),
        ('owner_id', ' AND l.owner_id = ($1->>''owner_id'')::uuid'),
        ('is_unowned', ' AND l.owner_id IS NULL'),
        ('channel', ' AND l.channel = $1->>''channel'''),
        ('since', ' AND l.created_at >= ($1->>''since'')::timestamptz'),
        ('until', ' AND l.created_at < ($1->>''until'')::timestamptz'),
        ('least', ' AND l.value_minor >= ($1->>''least'')::bigint'),
        ('most', ' AND l.value_minor <= ($1->>''most'')::bigint'),
        ('tag_id', ' AND EXISTS (SELECT 1 FROM lead_tags t WHERE t.company_id = $6 AND t.lead_id = l.id'
                   ' AND t.tag_id = ($1->>''tag_id'')::uuid)'),
        ('is_waiting', ' AND l.answered_at IS NULL AND EXISTS (SELECT 1 FROM stages s'
                       ' WHERE s.company_id = $6 AND s.id = l.stage_id AND s.kind = ''new'')')
    ) AS known (name, condition) WHERE wanted ? name;
    IF only_of IS NOT NULL THEN
        conditions := conditions || ' AND l.owner_id = $7';
    END IF;
    IF before_at IS NOT NULL THEN
        conditions := conditions || ' AND (l.created_at, l.id) < ($3, $4)';
    END IF;
    RETURN QUERY EXECUTE 'SELECT l.id FROM leads l WHERE l.company_id = $6 AND l.is_spam = $2' || conditions
        || ' ORDER BY l.created_at DESC, l.id DESC LIMIT $5'
        USING wanted, spam, before_at, before_id, most, company, only_of;
END $$
"""
"""As before, and never another's lead for somebody who sees their own alone."""


def upgrade() -> None:
    op.add_column("members", sa.Column("sees_own_leads_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("members", sa.Column("away_until", sa.Date(), nullable=True))
    op.execute(
        f"CREATE POLICY own_leads ON leads AS RESTRICTIVE TO leader_app"
        f" USING (CASE WHEN {ONLY} IS NULL THEN true ELSE owner_id = {ONLY} END) WITH CHECK (true)"
    )
    op.execute(KEEP)
    op.execute("REVOKE ALL ON FUNCTION keep_to_own_leads FROM PUBLIC")
    for table in TABLES:
        op.execute(f"SELECT keep_to_own_leads('{table}')")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute("DROP FUNCTION open_session")
    op.execute(f"""
        CREATE FUNCTION open_session(given bytea)
        RETURNS TABLE (session_id uuid, company_id uuid, user_id uuid, name text, email text, role text,
                       company_name text, time_zone text, currency text, region text, is_demo boolean,
                       language text, sees_own_only boolean, is_noted boolean)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        #variable_conflict use_column
        DECLARE hit record; noted boolean := false;
        BEGIN {OPEN} END $$
    """)
    op.execute("ALTER FUNCTION open_session OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION open_session FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION open_session TO leader_app")
    op.execute(SEARCH)
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
