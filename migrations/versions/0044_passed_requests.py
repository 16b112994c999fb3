"""Requests of people who do not know the company: kept until the address is confirmed, then passed on.

The product's role has no right on the table: it asks through the gates, one request at a time.

Revision: 0044, after 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

GATES = {
    # Keeps a request, unless so many were sent to the address within a day; whether it did.
    "file_passed_request(given uuid, kind text, name text, email text, language text, token bytea, most integer)": """
        RETURNS boolean
        LANGUAGE plpgsql AS $$
        BEGIN
            -- Two at once for one address are counted one after the other.
            PERFORM pg_advisory_xact_lock(hashtext('passed request ' || lower($4)));
            IF (SELECT count(*) FROM passed_requests r
                 WHERE lower(r.email) = lower($4) AND r.asked_at > now() - interval '1 day') >= most THEN
                RETURN false;
            END IF;
            INSERT INTO passed_requests (id, kind, name, email, language, token_hash, asked_at)
            VALUES (given, $2, $3, $4, $5, token, now());
            RETURN true;
        END $$""",
    # What does this mailed link open?
    "read_passed_request(given bytea)": """
        RETURNS TABLE (kind text, email text, is_confirmed boolean)
        LANGUAGE sql STABLE AS $$
            SELECT r.kind, r.email, r.confirmed_at IS NOT NULL FROM passed_requests r WHERE r.token_hash = given
        $$""",
    "confirm_passed_request(given bytea)": """
        RETURNS boolean
        LANGUAGE sql AS $$
            WITH done AS (UPDATE passed_requests r SET confirmed_at = now()
                           WHERE r.token_hash = given AND r.confirmed_at IS NULL RETURNING 1)
            SELECT EXISTS (SELECT 1 FROM done)
        $$""",
    # Confirmed requests that are still to be passed on, and to which companies: those that hold the address.
    "due_passed_requests(most integer)": """
        RETURNS TABLE (id uuid, kind text, name text, email text, language text, asked_at timestamptz, companies uuid[])
        LANGUAGE sql STABLE AS $$
            SELECT r.id, r.kind, r.name, r.email, r.language, r.asked_at, ARRAY(
                   SELECT c.id FROM companies c
                    WHERE c.closed_at IS NULL AND NOT c.is_demo AND EXISTS (
                          SELECT 1 FROM leads l WHERE l.company_id = c.id AND l.email <> '' AND NOT l.is_demo
                             AND lower(l.email) = lower(r.email)))
              FROM passed_requests r
             WHERE r.confirmed_at IS NOT NULL AND r.passed_at IS NULL ORDER BY r.confirmed_at LIMIT most
        $$""",
    # It is with every company: all that said who asked is forgotten.
    "settle_passed_request(given uuid)": """
        RETURNS void
        LANGUAGE sql AS $$
            UPDATE passed_requests r SET passed_at = now(), name = '', email = '' WHERE r.id = given
        $$""",
    "purge_passed_requests()": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM passed_requests r WHERE r.asked_at < now() - interval '30 days' RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    op.create_table(
        "passed_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "name", "email", "language")),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_requests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_passed_requests_token_hash")),
    )
    op.create_index("ix_passed_requests_email", "passed_requests", [sa.literal_column("lower(email)"), "asked_at"])
    op.execute("REVOKE ALL ON passed_requests FROM leader_eraser")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON passed_requests TO leader_gate")
    op.execute("ALTER TABLE passed_requests ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE passed_requests FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY gate ON passed_requests TO leader_gate USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        head, _, rest = body.partition("LANGUAGE")
        name = signature.partition("(")[0]
        op.execute(
            f"CREATE FUNCTION {signature} {head} SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE {rest}"
        )
        op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.drop_table("passed_requests")
