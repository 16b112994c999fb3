"""The gates: the only functions that look across companies.

Each runs as leader_gate, which may read just what its functions need, and answers one narrow question.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

RIGHTS = {
    "companies": "SELECT",
    "users": "SELECT",
    "members": "SELECT",
    "sign_in_sessions": "SELECT, UPDATE, DELETE",
    "capture_sources": "SELECT",
    "inbox_items": "SELECT, UPDATE (due_at, attempts)",
    "connection_attempts": "SELECT, DELETE",
    "connections": "SELECT",
    "conversion_uploads": "SELECT, UPDATE",
    "leads": "SELECT",
}

GATES = {
    # Which browser is this? Tells the transaction its company, so that one statement does both. Every five minutes
    # it also notes the visit; `is_noted` then asks for a commit.
    "open_session(given bytea)": """
        RETURNS TABLE (session_id uuid, company_id uuid, user_id uuid, name text, email text, role text,
                       company_name text, time_zone text, currency text, region text, is_demo boolean,
                       is_noted boolean)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE hit record; noted boolean := false;
        BEGIN
            SELECT s.id, s.company_id, s.last_seen_at, u.id AS user_id, u.name, u.email, m.role,
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
                                hit.company_name, hit.time_zone, hit.currency, hit.region, hit.is_demo, noted;
        END $$""",
    # Who signs in with this address, and where do they belong?
    "find_sign_in(given_email text)": """
        RETURNS TABLE (user_id uuid, password_hash text, company_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT u.id, u.password_hash, m.company_id
              FROM users u JOIN members m ON m.user_id = u.id
             WHERE lower(u.email) = lower(given_email)
             ORDER BY m.created_at LIMIT 1
        $$""",
    # Where does this site key lead? The least that is needed to keep a sending; tells the transaction its company.
    "enter_by_site_key(given text)": """
        RETURNS TABLE (company_id uuid, source_id uuid)
        ROWS 1 LANGUAGE sql AS $$
            SELECT set_config('app.company_id', s.company_id::text, true)::uuid, s.id
              FROM capture_sources s WHERE s.site_key = given AND s.is_active
        $$""",
    # What may the page behind a site key show?
    "open_capture(given text)": """
        RETURNS TABLE (company_name text, notice text, is_active boolean)
        LANGUAGE sql STABLE AS $$
            SELECT c.name, s.notice, s.is_active FROM capture_sources s JOIN companies c ON c.id = s.company_id
             WHERE s.site_key = given
        $$""",
    # What is due to be sent or asked about? Claims it for one worker; nobody else gets it until the lease ends.
    "claim_conversion_uploads(most integer, lease interval)": """
        RETURNS TABLE (company_id uuid, upload_id uuid, claim integer, was text)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT u.company_id, u.id, u.state FROM conversion_uploads u
                 WHERE u.state IN ('pending', 'waiting', 'sending', 'sent') AND u.due_at <= clock_timestamp()
                 ORDER BY u.due_at LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE conversion_uploads u
               SET claim = u.claim + 1, due_at = clock_timestamp() + lease,
                   attempts = u.attempts + CASE WHEN due.state = 'sent' THEN 0 ELSE 1 END,
                   unclear = u.unclear + CASE WHEN due.state = 'sent' THEN 0 ELSE 1 END,
                   state = CASE WHEN due.state = 'sent' THEN 'sent' ELSE 'sending' END
              FROM due WHERE u.company_id = due.company_id AND u.id = due.id
            RETURNING u.company_id, u.id, u.claim, due.state
        $$""",
    # What arrived and is no lead yet? Claimed like the uploads.
    "claim_inbox_items(most integer, lease interval)": """
        RETURNS TABLE (company_id uuid, item_id uuid)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT i.company_id, i.id FROM inbox_items i
                 WHERE i.taken_in_at IS NULL AND i.due_at <= clock_timestamp()
                 ORDER BY i.due_at LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE inbox_items i SET due_at = clock_timestamp() + lease, attempts = i.attempts + 1
              FROM due WHERE i.company_id = due.company_id AND i.id = due.id
            RETURNING i.company_id, i.id
        $$""",
    # Which connections still wait for Google to confirm that access was revoked?
    "due_disconnections(most integer)": """
        RETURNS TABLE (company_id uuid, connection_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT c.company_id, c.id FROM connections c
             WHERE c.state = 'disconnecting' AND c.due_at <= now() ORDER BY c.due_at LIMIT most
        $$""",
    # Does any other live connection, of whatever company, use this Google login? Revoking would end that one too.
    "google_login_is_shared(subject text, besides uuid)": """
        RETURNS boolean
        LANGUAGE sql STABLE AS $$
            SELECT EXISTS (SELECT 1 FROM connections c WHERE c.google_subject = subject AND c.id <> besides
                              AND c.state IN ('active', 'needs_reconnect'))
        $$""",
    # A page of the served company's leads that contain the term. Row-level security would hide the trigram index
    # from LIKE, so the function filters by the company itself.
    "search_leads(term text, stage uuid, spam boolean, before_at timestamptz, before_id uuid, most integer)": f"""
        RETURNS TABLE (lead_id uuid)
        LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
        DECLARE pattern text :=
            '%' || replace(replace(replace(lower(term), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%';
        BEGIN
            RETURN QUERY
            SELECT l.id FROM leads l
             WHERE l.company_id = {CURRENT} AND l.search_text LIKE pattern AND l.is_spam = spam
               AND (stage IS NULL OR l.stage_id = stage)
               AND (before_at IS NULL OR (l.created_at, l.id) < (before_at, before_id))
             ORDER BY l.created_at DESC, l.id DESC LIMIT most;
        END $$""",
    # Rows whose time has passed: ended sign-in sessions and consent-page trips that nobody came back from.
    "purge_expired()": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH sessions AS (DELETE FROM sign_in_sessions WHERE expires_at < now() RETURNING 1),
                 attempts AS (DELETE FROM connection_attempts WHERE expires_at < now() RETURNING 1)
            SELECT (SELECT count(*) FROM sessions)::integer + (SELECT count(*) FROM attempts)::integer
        $$""",
}


def upgrade() -> None:
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO leader_gate")
        op.execute(f"CREATE POLICY gate ON {table} TO leader_gate USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        head, _, rest = body.partition("LANGUAGE")
        op.execute(
            f"CREATE FUNCTION {signature} {head} SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE {rest}"
        )
        name = signature.partition("(")[0]
        op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    for table in RIGHTS:
        op.execute(f"DROP POLICY gate ON {table}")
        op.execute(f"REVOKE ALL ON {table} FROM leader_gate")
