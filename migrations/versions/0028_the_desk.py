"""The desk of the support staff: its people, their sessions, their log, and the only functions they reach.

The functions belong to a role of their own. It has no right on any table of leads, and reads only the named columns of
an account. Each one asks first whose session it serves, and writes the log itself, so that nothing happens without.

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

RIGHTS = {
    "staff": "SELECT, INSERT, DELETE, UPDATE (wrapped_key, last_step)",
    "staff_sessions": "SELECT, INSERT, DELETE",
    "staff_entries": "SELECT, INSERT",
    "staff_closings": "SELECT, INSERT, UPDATE (state, settled_by, settled_at)",
    "companies": "SELECT (id, name, created_at, closed_at, erase_at, time_zone, currency, region, is_demo)",
    "users": "SELECT (id, email, name, email_confirmed_at)",
    "members": "SELECT (company_id, user_id, role)",
    "connections": "SELECT (company_id, id, state, connected_at)",
    "support_requests": "SELECT (id, of_company, reference, state, name, email, subject, updated_at)",
    "security_entries": "INSERT",
}

GATES = {
    # Who signs in to the desk with this address?
    "find_staff(given_email text)": """
        RETURNS TABLE (staff_id uuid, password_hash text, wrapped_key text, sealed_code_key text)
        LANGUAGE sql STABLE AS $$
            SELECT s.id, s.password_hash, s.wrapped_key, s.sealed_code_key FROM staff s
             WHERE lower(s.email) = lower(given_email)
        $$""",
    # Begins a session, unless this code or a later one was used before.
    "start_staff_session(given_staff uuid, step bigint, session_id uuid, given bytea, until timestamptz)": """
        RETURNS boolean
        LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE staff s SET last_step = step WHERE s.id = given_staff AND s.last_step < step;
            IF NOT FOUND THEN RETURN false; END IF;
            INSERT INTO staff_sessions (id, staff_id, token_hash, created_at, expires_at)
            VALUES (session_id, given_staff, given, now(), until);
            PERFORM desk_note(given, 'staff.signed_in', NULL, NULL);
            RETURN true;
        END $$""",
    "desk_staff(given bytea)": """
        RETURNS TABLE (staff_id uuid, name text)
        LANGUAGE sql STABLE AS $$
            SELECT s.id, s.name FROM staff_sessions e JOIN staff s ON s.id = e.staff_id
             WHERE e.token_hash = given AND e.expires_at > now()
        $$""",
    # Raises unless this is the session of somebody of the staff.
    "demand_staff(given bytea)": """
        RETURNS uuid
        LANGUAGE plpgsql STABLE AS $$
        DECLARE found_id uuid;
        BEGIN
            SELECT d.staff_id INTO found_id FROM desk_staff(given) d;
            IF found_id IS NULL THEN RAISE EXCEPTION 'nobody of the staff'; END IF;
            RETURN found_id;
        END $$""",
    # Writes down what was done: for the staff, and in the security log of the company that it concerns.
    "desk_note(given bytea, action text, company uuid, request uuid)": """
        RETURNS void
        LANGUAGE plpgsql AS $$
        DECLARE doer uuid := demand_staff(given); doer_name text;
        BEGIN
            SELECT s.name INTO doer_name FROM staff s WHERE s.id = doer;
            INSERT INTO staff_entries (id, staff_id, staff_name, action, of_company, request_id, at)
            VALUES (gen_random_uuid(), doer, doer_name, action, company, request, clock_timestamp());
            IF company IS NOT NULL THEN
                INSERT INTO security_entries (company_id, id, kind, user_name, ip_address, user_agent, at)
                VALUES (company, desk_entry_id(), action, doer_name, '', '', clock_timestamp());
            END IF;
        END $$""",
    # An id in the order of time (UUID version 7), as the product makes them.
    "desk_entry_id()": """
        RETURNS uuid
        LANGUAGE sql VOLATILE AS $$
            SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
        $$""",
    "end_staff_session(given bytea)": """
        RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM desk_note(given, 'staff.signed_out', NULL, NULL);
            DELETE FROM staff_sessions e WHERE e.token_hash = given;
        END $$""",
    # A page of the requests in one state, the longest waiting first.
    "desk_requests(given bytea, wanted text, after_at timestamptz, after_id uuid, most integer)": """
        RETURNS TABLE (id uuid, reference text, name text, subject text, state text, of_company uuid,
                       company_name text, updated_at timestamptz)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        BEGIN
            PERFORM desk_note(given, 'staff.saw_requests', NULL, NULL);
            RETURN QUERY
            SELECT r.id, r.reference, r.name, r.subject, r.state, r.of_company, c.name, r.updated_at
              FROM support_requests r LEFT JOIN companies c ON c.id = r.of_company
             WHERE r.state = wanted AND r.state <> 'unconfirmed'
               AND (after_at IS NULL OR (r.updated_at, r.id) > (after_at, after_id))
             ORDER BY r.updated_at, r.id LIMIT most;
        END $$""",
    # Opens one thread for this transaction: row-level security then shows it and nothing else.
    "desk_enter_request(given bytea, request uuid, action text)": """
        RETURNS boolean
        LANGUAGE plpgsql AS $$
        DECLARE hit record;
        BEGIN
            PERFORM demand_staff(given);
            SELECT r.id, r.of_company INTO hit FROM support_requests r
             WHERE r.id = request AND r.state <> 'unconfirmed';
            IF NOT FOUND THEN RETURN false; END IF;
            PERFORM set_config('app.support_request_id', hit.id::text, true);
            PERFORM desk_note(given, action, hit.of_company, hit.id);
            RETURN true;
        END $$""",
    # Which accounts have this id, or a member with this address?
    "desk_find(given bytea, company uuid, address text)": """
        RETURNS TABLE (id uuid, name text, created_at timestamptz, closed_at timestamptz)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        BEGIN
            PERFORM desk_note(given, 'staff.searched', NULL, NULL);
            RETURN QUERY SELECT c.id, c.name, c.created_at, c.closed_at FROM companies c
             WHERE c.id = company OR c.id IN (SELECT m.company_id FROM members m JOIN users u ON u.id = m.user_id
                                               WHERE lower(u.email) = lower(address))
             ORDER BY c.created_at LIMIT 50;
        END $$""",
    # The facts of one account, for whoever wrote down that they looked.
    "desk_company(given bytea, company uuid)": """
        RETURNS TABLE (id uuid, name text, created_at timestamptz, closed_at timestamptz, erase_at timestamptz,
                       time_zone text, currency text, region text, is_demo boolean)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        BEGIN
            PERFORM demand_staff(given);
            IF NOT EXISTS (SELECT 1 FROM companies c WHERE c.id = company) THEN RETURN; END IF;
            PERFORM desk_note(given, 'staff.saw_account', company, NULL);
            RETURN QUERY SELECT c.id, c.name, c.created_at, c.closed_at, c.erase_at, c.time_zone, c.currency,
                                c.region, c.is_demo FROM companies c WHERE c.id = company;
        END $$""",
    "desk_members(given bytea, company uuid)": """
        RETURNS TABLE (name text, role text)
        LANGUAGE sql STABLE AS $$
            SELECT u.name, m.role FROM members m JOIN users u ON u.id = m.user_id
             WHERE demand_staff(given) IS NOT NULL AND m.company_id = company ORDER BY m.role = 'owner' DESC, u.name
        $$""",
    "desk_connections(given bytea, company uuid)": """
        RETURNS TABLE (state text, connected_at timestamptz)
        LANGUAGE sql STABLE AS $$
            SELECT c.state, c.connected_at FROM connections c
             WHERE demand_staff(given) IS NOT NULL AND c.company_id = company ORDER BY c.connected_at DESC LIMIT 50
        $$""",
    # Somebody asks that an account be closed. Only for a request to support that an owner made, under an address that
    # they have confirmed. The answer is a word.
    "desk_ask_closing(given bytea, closing uuid, company uuid, given_reference text, reason text)": """
        RETURNS text
        LANGUAGE plpgsql AS $$
        DECLARE doer uuid := demand_staff(given); request uuid;
        BEGIN
            PERFORM 1 FROM companies c WHERE c.id = company AND c.closed_at IS NULL;
            IF NOT FOUND THEN RETURN 'closed'; END IF;
            SELECT r.id INTO request FROM support_requests r
              JOIN users u ON lower(u.email) = lower(r.email) AND u.email_confirmed_at IS NOT NULL
              JOIN members m ON m.user_id = u.id AND m.company_id = company AND m.role = 'owner'
             WHERE r.reference = upper(given_reference) AND r.state <> 'unconfirmed'
               AND (r.of_company IS NULL OR r.of_company = company);
            IF request IS NULL THEN RETURN 'not_verified'; END IF;
            INSERT INTO staff_closings (id, of_company, request_id, reason, state, asked_by, asked_at)
            VALUES (closing, company, request, reason, 'asked', doer, now()) ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN RETURN 'asked_before'; END IF;
            PERFORM desk_note(given, 'staff.asked_closing', company, request);
            RETURN 'asked';
        END $$""",
    # What waits for a second person; `is_own` when the reader asked for it.
    "desk_closings(given bytea)": """
        RETURNS TABLE (id uuid, of_company uuid, company_name text, reason text, asked_by_name text,
                       asked_at timestamptz, is_own boolean)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE reader uuid := demand_staff(given);
        BEGIN
            PERFORM desk_note(given, 'staff.saw_closings', NULL, NULL);
            RETURN QUERY
            SELECT k.id, k.of_company, c.name, k.reason, coalesce(s.name, ''), k.asked_at, k.asked_by = reader
              FROM staff_closings k JOIN companies c ON c.id = k.of_company LEFT JOIN staff s ON s.id = k.asked_by
             WHERE k.state = 'asked' ORDER BY k.asked_at LIMIT 100;
        END $$""",
    # The second person says yes or no; whoever asked may only take it back. The company, none when it was not theirs.
    "desk_settle_closing(given bytea, closing uuid, outcome text)": """
        RETURNS uuid
        LANGUAGE plpgsql AS $$
        DECLARE doer uuid := demand_staff(given); company uuid;
        BEGIN
            UPDATE staff_closings k SET state = outcome, settled_by = doer, settled_at = now()
             WHERE k.id = closing AND k.state = 'asked' AND (outcome = 'withdrawn' OR k.asked_by <> doer)
            RETURNING k.of_company INTO company;
            IF company IS NULL THEN RETURN NULL; END IF;
            PERFORM desk_note(given, 'staff.' || outcome || '_closing', company, NULL);
            RETURN company;
        END $$""",
}

FOR_GATES_ALONE = ("desk_entry_id", "demand_staff", "desk_note")

PURGE = """
    CREATE FUNCTION purge_desk(days integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH sessions AS (DELETE FROM staff_sessions WHERE expires_at < now() RETURNING 1),
             entries AS (DELETE FROM staff_entries WHERE at < now() - make_interval(days => days) RETURNING 1)
        SELECT (SELECT count(*) FROM sessions)::integer + (SELECT count(*) FROM entries)::integer
    $$"""


def upgrade() -> None:
    op.execute(
        "DO $$ BEGIN CREATE ROLE leader_desk NOLOGIN NOSUPERUSER NOBYPASSRLS; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    op.execute("GRANT leader_desk TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO leader_desk")
    _create_people()
    _create_records()
    for table in ("staff", "staff_sessions", "staff_entries", "staff_closings"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM leader_app, leader_eraser")
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO leader_desk")
        op.execute(f"CREATE POLICY desk ON {table} TO leader_desk USING (true) WITH CHECK (true)")
    for table in ("staff_sessions", "staff_entries"):
        op.execute(f"GRANT SELECT, DELETE ON {table} TO leader_gate")
        op.execute(f"CREATE POLICY gate ON {table} TO leader_gate USING (true)")
    _create_gates()


def _create_gates() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO leader_desk, leader_gate")
    op.execute("SET LOCAL check_function_bodies = off")  # they call each other
    for signature, body in GATES.items():
        head, _, rest = body.partition("LANGUAGE")
        definer = "SECURITY DEFINER SET search_path = public, pg_temp"
        op.execute(f"CREATE FUNCTION {signature} {head} {definer} LANGUAGE {rest}")
        _hand_over(signature.partition("(")[0], "leader_desk")
    op.execute(PURGE)
    _hand_over("purge_desk", "leader_gate")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_desk, leader_gate")


def _hand_over(name: str, role: str) -> None:
    op.execute(f"ALTER FUNCTION {name} OWNER TO {role}")
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    if name not in FOR_GATES_ALONE:
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")


def _create_people() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.Text(), nullable=False),
        sa.Column("sealed_code_key", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_index("uq_staff_email", "staff", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )


def _create_records() -> None:
    op.create_table(
        "staff_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("of_company", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_entries")),
    )
    op.create_index("ix_staff_entries_at", "staff_entries", ["at"])
    op.create_table(
        "staff_closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("of_company", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'withdrawn')", name=op.f("ck_staff_closings_state")),
        sa.CheckConstraint("state <> 'confirmed' OR settled_by <> asked_by", name=op.f("ck_staff_closings_two")),
        sa.ForeignKeyConstraint(
            ["of_company"], ["companies.id"], name=op.f("fk_staff_closings_of_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_closings")),
    )
    op.create_index(
        "uq_staff_closings_asked",
        "staff_closings",
        ["of_company"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION purge_desk")
    for signature in reversed(GATES):
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    for table in ("companies", "users", "members", "connections", "support_requests", "security_entries"):
        op.execute(f"DROP POLICY desk ON {table}")
        op.execute(f"REVOKE ALL ON {table} FROM leader_desk")
    for table in ("staff_closings", "staff_entries", "staff_sessions", "staff"):
        op.drop_table(table)
