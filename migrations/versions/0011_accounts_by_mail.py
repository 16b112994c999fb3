"""Addresses are confirmed by mail, and passwords are reset by it.

Several people may claim an address, one can confirm it, and only a confirmed one signs in.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
IS_FELLOW = f"EXISTS (SELECT 1 FROM members m WHERE m.company_id = {CURRENT} AND m.user_id = given)"

GATES = {
    # Whom does mail for this address concern? Who has confirmed it, else who claimed it last.
    "find_person(address text)": """
        RETURNS TABLE (user_id uuid, name text, is_confirmed boolean)
        LANGUAGE sql STABLE AS $$
            SELECT u.id, u.name, u.email_confirmed_at IS NOT NULL FROM users u
             WHERE lower(u.email) = lower(address) AND EXISTS (SELECT 1 FROM members m WHERE m.user_id = u.id)
             ORDER BY u.email_confirmed_at NULLS LAST, u.created_at DESC LIMIT 1
        $$""",
    # What does the page behind a mailed link say?
    "read_link(given bytea, wanted text)": """
        RETURNS TABLE (user_id uuid, name text, email text, company_id uuid, company_name text)
        LANGUAGE sql STABLE AS $$
            SELECT u.id, u.name, l.email, c.id, c.name
              FROM mailed_links l JOIN users u ON u.id = l.user_id
              JOIN members m ON m.user_id = u.id JOIN companies c ON c.id = m.company_id
             WHERE l.token_hash = given AND l.purpose = wanted AND l.used_at IS NULL AND l.expires_at > now()
             ORDER BY m.created_at LIMIT 1
        $$""",
    # Uses a link that confirms an address. A confirmed address changes when both sides have used theirs.
    "confirm_address(given bytea)": """
        RETURNS text
        LANGUAGE plpgsql AS $$
        DECLARE link mailed_links; person users;
        BEGIN
            SELECT * INTO link FROM mailed_links l
             WHERE l.token_hash = given AND l.purpose IN ('confirm', 'allow') AND l.used_at IS NULL
               AND l.expires_at > now() FOR UPDATE;
            IF NOT FOUND THEN RETURN 'gone'; END IF;
            SELECT * INTO person FROM users u WHERE u.id = link.user_id FOR UPDATE;
            UPDATE mailed_links l SET used_at = now() WHERE l.id = link.id;
            IF person.email_confirmed_at IS NOT NULL AND lower(person.email) <> lower(link.email) AND NOT EXISTS (
                SELECT 1 FROM mailed_links l
                 WHERE l.user_id = person.id AND l.purpose IN ('confirm', 'allow') AND l.purpose <> link.purpose
                   AND lower(l.email) = lower(link.email) AND l.used_at IS NOT NULL AND l.expires_at > now()
            ) THEN RETURN 'waiting'; END IF;
            IF link.purpose = 'allow' AND person.email_confirmed_at IS NULL THEN RETURN 'gone'; END IF;
            BEGIN
                UPDATE users u SET email = link.email, email_confirmed_at = now() WHERE u.id = person.id;
            EXCEPTION WHEN unique_violation THEN RETURN 'taken';
            END;
            DELETE FROM mailed_links l WHERE l.user_id = person.id;
            RETURN 'confirmed';
        END $$""",
    # Uses a link to a new password up. Whoever could read it reads the address, which is confirmed with it.
    "use_reset(given bytea)": """
        RETURNS boolean
        LANGUAGE plpgsql AS $$
        DECLARE link mailed_links;
        BEGIN
            SELECT * INTO link FROM mailed_links l
             WHERE l.token_hash = given AND l.purpose = 'reset' AND l.expires_at > now() FOR UPDATE;
            IF NOT FOUND OR link.user_id IS NULL THEN RETURN false; END IF;
            DELETE FROM mailed_links l WHERE l.user_id = link.user_id AND l.purpose = 'reset';
            BEGIN
                UPDATE users u SET email_confirmed_at = now()
                 WHERE u.id = link.user_id AND u.email_confirmed_at IS NULL AND lower(u.email) = lower(link.email);
            EXCEPTION WHEN unique_violation THEN RETURN false;
            END;
            RETURN true;
        END $$""",
    # The links to a new password of a fellow member end when the password was changed.
    "drop_resets(given uuid)": f"""
        RETURNS void
        LANGUAGE sql AS $$
            DELETE FROM mailed_links l WHERE l.user_id = given AND l.purpose = 'reset' AND {IS_FELLOW}
        $$""",
    # Ends every sign-in of a fellow member, in whichever company it is.
    "end_sessions_of(given uuid)": f"""
        RETURNS void
        LANGUAGE sql AS $$
            DELETE FROM sign_in_sessions s WHERE s.user_id = given AND {IS_FELLOW}
        $$""",
    "purge_mailed_links()": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM mailed_links WHERE expires_at < now() RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}

FIND_SIGN_IN = """
CREATE OR REPLACE FUNCTION find_sign_in(given_email text)
RETURNS TABLE (user_id uuid, password_hash text, company_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.id, u.password_hash, m.company_id
      FROM users u JOIN members m ON m.user_id = u.id
     WHERE lower(u.email) = lower(given_email) AND u.email_confirmed_at IS NOT NULL
     ORDER BY m.created_at LIMIT 1
$$"""


def upgrade() -> None:
    op.add_column("users", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    # Whoever could sign in until now still can.
    op.execute("ALTER TABLE users NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE users SET email_confirmed_at = created_at")
    op.execute("ALTER TABLE users FORCE ROW LEVEL SECURITY")
    op.drop_index("uq_users_email", "users")
    confirmed = sa.text("email_confirmed_at IS NOT NULL")
    lowered = [sa.literal_column("lower(email)")]
    op.create_index("uq_users_email", "users", lowered, unique=True, postgresql_where=confirmed)
    op.create_index("ix_users_email", "users", lowered)
    op.create_table(
        "mailed_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('confirm', 'allow', 'reset')", name=op.f("ck_mailed_links_purpose")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mailed_links_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mailed_links_token_hash")),
    )
    op.create_index("ix_mailed_links_user", "mailed_links", ["user_id"])
    op.create_index("ix_mailed_links_expires", "mailed_links", ["expires_at"])
    _lock()
    _open_gates()


def _lock() -> None:
    # The right to select comes with no policy: the product sees no row.
    op.execute("GRANT SELECT, INSERT ON mailed_links TO leader_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON mailed_links TO leader_gate")
    op.execute("GRANT UPDATE (email, email_confirmed_at) ON users TO leader_gate")
    op.execute("ALTER TABLE mailed_links ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE mailed_links FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY mailing ON mailed_links FOR INSERT TO leader_app WITH CHECK (true)")
    op.execute("CREATE POLICY gate ON mailed_links TO leader_gate USING (true)")


def _open_gates() -> None:
    op.execute(FIND_SIGN_IN)
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
    raise RuntimeError("addresses may have several claimants now: restore a backup instead")
