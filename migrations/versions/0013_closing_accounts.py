"""Closing accounts: closed companies, who erases them, and the certificates that remain.

A new role, leader_eraser, may delete from every table, also from those that later migrations make. It is a member of
leader_app, so that row-level security shows it the served company only, and nobody logs in as it: it owns the few
functions below, which ask first whether the company is to be erased.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

CHANGED_GATES = {
    # As before, for open accounts only.
    "open_session(given bytea)": """
        RETURNS TABLE (session_id uuid, company_id uuid, user_id uuid, name text, email text, role text,
                       company_name text, time_zone text, currency text, region text, is_demo boolean,
                       language text, is_noted boolean)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE hit record; noted boolean := false;
        BEGIN
            SELECT s.id, s.company_id, s.last_seen_at, u.id AS user_id, u.name, u.email, u.language, m.role,
                   c.name AS company_name, c.time_zone, c.currency, c.region, c.is_demo
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
            RETURN QUERY SELECT hit.id, hit.company_id, hit.user_id, hit.name, hit.email, hit.role,
                                hit.company_name, hit.time_zone, hit.currency, hit.region, hit.is_demo,
                                hit.language, noted;
        END $$""",
    # As before; of several companies an open one comes first.
    "find_sign_in(given_email text)": """
        RETURNS TABLE (user_id uuid, password_hash text, company_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT u.id, u.password_hash, m.company_id
              FROM users u JOIN members m ON m.user_id = u.id JOIN companies c ON c.id = m.company_id
             WHERE lower(u.email) = lower(given_email) AND u.email_confirmed_at IS NOT NULL
             ORDER BY c.closed_at IS NOT NULL, m.created_at LIMIT 1
        $$""",
    # As before, for open accounts only.
    "enter_by_site_key(given text)": """
        RETURNS TABLE (company_id uuid, source_id uuid)
        ROWS 1 LANGUAGE sql AS $$
            SELECT set_config('app.company_id', s.company_id::text, true)::uuid, s.id
              FROM capture_sources s JOIN companies c ON c.id = s.company_id
             WHERE s.site_key = given AND s.is_active AND c.closed_at IS NULL
        $$""",
    "open_capture(given text)": """
        RETURNS TABLE (company_name text, notice text, is_active boolean)
        LANGUAGE sql STABLE AS $$
            SELECT c.name, s.notice, s.is_active AND c.closed_at IS NULL
              FROM capture_sources s JOIN companies c ON c.id = s.company_id
             WHERE s.site_key = given
        $$""",
    # As before; what a closed company still has waiting stays until it is brought back, or is erased.
    "claim_inbox_items(most integer, lease interval)": """
        RETURNS TABLE (company_id uuid, item_id uuid)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT i.company_id, i.id FROM inbox_items i
                 WHERE i.taken_in_at IS NULL AND i.due_at <= clock_timestamp()
                   AND NOT EXISTS (SELECT 1 FROM companies c WHERE c.id = i.company_id AND c.closed_at IS NOT NULL)
                 ORDER BY i.due_at LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE inbox_items i SET due_at = clock_timestamp() + lease, attempts = i.attempts + 1
              FROM due WHERE i.company_id = due.company_id AND i.id = due.id
            RETURNING i.company_id, i.id
        $$""",
    # As before; a closed company is written to no more, except to say that it is closed.
    "claim_mails(most integer, lease interval)": r"""
        RETURNS TABLE (id uuid, claim integer, attempts integer, created_at timestamptz, template text,
                       recipient text, language text, "values" jsonb, unsubscribe text)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT m.id FROM mails m
                 WHERE m.state IN ('pending', 'sending') AND m.due_at <= clock_timestamp()
                   AND (m.template LIKE 'account\_%' OR NOT EXISTS (
                        SELECT 1 FROM companies c WHERE c.id = m.company_id AND c.closed_at IS NOT NULL))
                 ORDER BY m.due_at LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE mails m
               SET claim = m.claim + 1, attempts = m.attempts + 1, state = 'sending',
                   due_at = clock_timestamp() + lease
              FROM due WHERE m.id = due.id
            RETURNING m.id, m.claim, m.attempts, m.created_at, m.template, m.recipient, m.language, m."values",
                      m.unsubscribe
        $$""",
}

NEW_GATES = {
    # The same as open_session, for the few pages that a closed account still has.
    "open_closed_session(given bytea)": """
        RETURNS TABLE (session_id uuid, company_id uuid, user_id uuid, name text, email text, role text,
                       company_name text, time_zone text, currency text, region text, is_demo boolean,
                       language text, is_noted boolean)
        LANGUAGE sql AS $$
            SELECT s.id, set_config('app.company_id', s.company_id::text, true)::uuid, u.id, u.name, u.email, m.role,
                   c.name, c.time_zone, c.currency, c.region, c.is_demo, u.language, false
              FROM sign_in_sessions s
              JOIN users u ON u.id = s.user_id
              JOIN members m ON m.company_id = s.company_id AND m.user_id = s.user_id
              JOIN companies c ON c.id = s.company_id
             WHERE s.token_hash = given AND s.expires_at > now() AND c.closed_at IS NOT NULL
        $$""",
    # Is the account behind this site key closed?
    "site_key_is_closed(given text)": """
        RETURNS boolean
        LANGUAGE sql STABLE AS $$
            SELECT EXISTS (SELECT 1 FROM capture_sources s JOIN companies c ON c.id = s.company_id
                            WHERE s.site_key = given AND c.closed_at IS NOT NULL)
        $$""",
    # Whose thirty days are over?
    "due_incinerations(most integer)": """
        RETURNS TABLE (company_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT c.id FROM companies c WHERE c.closed_at IS NOT NULL AND c.erase_at <= now()
             ORDER BY c.erase_at LIMIT most
        $$""",
}

ERASERS = {
    # Raises unless the served company is closed and its time to return is over.
    "demand_incineration()": f"""
        RETURNS uuid
        LANGUAGE plpgsql STABLE AS $$
        DECLARE company uuid := {CURRENT};
        BEGIN
            PERFORM 1 FROM companies c WHERE c.id = company AND c.closed_at IS NOT NULL AND c.erase_at <= now();
            IF NOT FOUND THEN RAISE EXCEPTION 'this company is not to be erased'; END IF;
            RETURN company;
        END $$""",
    # Deletes up to so many of the served company's rows from one table; their number.
    "incinerate_rows(given_table text, most integer)": """
        RETURNS integer
        LANGUAGE plpgsql AS $$
        DECLARE gone integer;
        BEGIN
            EXECUTE format('WITH piece AS MATERIALIZED (SELECT ctid FROM public.%1$I WHERE company_id = $1 LIMIT $2)
                            DELETE FROM public.%1$I t USING piece WHERE t.ctid = piece.ctid', given_table)
              USING demand_incineration(), most;
            GET DIAGNOSTICS gone = ROW_COUNT;
            RETURN gone;
        END $$""",
    # Deletes the served company itself, at the very end.
    "incinerate_company()": """
        RETURNS void
        LANGUAGE sql AS $$ DELETE FROM companies WHERE id = demand_incineration() $$""",
}

PEOPLE = {
    # Deletes up to so many of the served company's members, and with them the people who belong to no other company.
    "incinerate_members(most integer)": """
        RETURNS TABLE (members integer, people integer)
        LANGUAGE plpgsql AS $$
        DECLARE gone uuid[]; company uuid := demand_incineration();
        BEGIN
            WITH piece AS MATERIALIZED (
                     SELECT m.company_id, m.id FROM members m WHERE m.company_id = company LIMIT most),
                 done AS (DELETE FROM members m USING piece WHERE m.company_id = piece.company_id AND m.id = piece.id
                          RETURNING m.user_id)
            SELECT coalesce(array_agg(done.user_id), '{}') INTO gone FROM done;
            members := cardinality(gone);
            DELETE FROM users u WHERE u.id = ANY (gone) AND NOT EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id);
            GET DIAGNOSTICS people = ROW_COUNT;
            RETURN NEXT;
        END $$""",
}


def upgrade() -> None:
    op.add_column("companies", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("companies", sa.Column("erase_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("companies", sa.Column("certificate_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_companies_erase_at", "companies", ["erase_at"], postgresql_where=sa.text("closed_at IS NOT NULL")
    )
    _create_certificates()
    _create_ledger()
    _create_eraser()
    op.execute("GRANT DELETE ON members, users TO leader_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate, leader_eraser")
    for signature, body in CHANGED_GATES.items():
        _define(signature, body, "leader_gate")
    for signature, body in NEW_GATES.items():
        _define(signature, body, "leader_gate")
    for signature, body in ERASERS.items():
        _define(signature, body, "leader_eraser")
    op.execute("GRANT EXECUTE ON FUNCTION demand_incineration TO leader_gate")
    for signature, body in PEOPLE.items():
        _define(signature, body, "leader_gate")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate, leader_eraser")


def _create_certificates() -> None:
    """Proof without personal data, so that everybody may read it; what is signed cannot be changed any more."""
    op.create_table(
        "deletion_certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id_until_done", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_certificates")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON deletion_certificates TO leader_app")
    op.execute("ALTER TABLE deletion_certificates ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE deletion_certificates FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY everybody_reads ON deletion_certificates FOR SELECT TO leader_app USING (true)")
    op.execute(
        "CREATE POLICY own_company_begins ON deletion_certificates FOR INSERT TO leader_app"
        f" WITH CHECK (company_id_until_done = {CURRENT})"
    )
    op.execute(
        "CREATE POLICY own_company_ends ON deletion_certificates FOR UPDATE TO leader_app"
        f" USING (company_id_until_done = {CURRENT}) WITH CHECK (true)"
    )


def _create_ledger() -> None:
    """Who and what was erased, without saying who it was. It outlives its companies, since backups do too."""
    op.create_table(
        "erasure_ledger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of_company", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("marks", postgresql.JSONB(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('company', 'lead', 'user')", name=op.f("ck_erasure_ledger_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_ledger")),
    )
    op.create_index("ix_erasure_ledger_of_company", "erasure_ledger", ["of_company", "erased_at"])
    op.create_index("ix_erasure_ledger_erased_at", "erasure_ledger", ["erased_at"])
    op.execute("GRANT SELECT, INSERT ON erasure_ledger TO leader_app")
    op.execute("GRANT SELECT, DELETE ON erasure_ledger TO leader_gate")
    op.execute("ALTER TABLE erasure_ledger ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE erasure_ledger FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON erasure_ledger TO leader_app USING (of_company = {CURRENT})")
    op.execute("CREATE POLICY gate ON erasure_ledger TO leader_gate USING (true)")


def _create_eraser() -> None:
    op.execute(
        "DO $$ BEGIN CREATE ROLE leader_eraser NOLOGIN NOSUPERUSER NOBYPASSRLS INHERIT; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    op.execute("GRANT leader_eraser TO CURRENT_USER")
    op.execute("GRANT leader_app TO leader_eraser")
    op.execute("GRANT USAGE ON SCHEMA public TO leader_eraser")
    op.execute("GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA public TO leader_eraser")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, DELETE ON TABLES TO leader_eraser")
    op.execute(f"CREATE POLICY erasing ON mails FOR DELETE TO leader_eraser USING (company_id = {CURRENT})")
    op.execute("REVOKE ALL ON alembic_version, erasure_ledger, deletion_certificates FROM leader_eraser")


def _define(signature: str, body: str, role: str) -> None:
    head, _, rest = body.partition("LANGUAGE")
    definer = "SECURITY DEFINER SET search_path = public, pg_temp"
    op.execute(f"CREATE OR REPLACE FUNCTION {signature} {head} {definer} LANGUAGE {rest}")
    name = signature.partition("(")[0]
    op.execute(f"ALTER FUNCTION {name} OWNER TO {role}")
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")


def downgrade() -> None:
    raise RuntimeError("what was erased cannot be brought back: restore a backup instead")
