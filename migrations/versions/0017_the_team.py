"""Invitations into a company, and moving between the companies of one person.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
INSTANT = sa.DateTime(timezone=True)

GATES = {
    # What does the page behind an invitation's link say?
    "open_invitation(given bytea)": """
        RETURNS TABLE (company_id uuid, invitation_id uuid, company_name text, email text, role text, invited_by text)
        LANGUAGE sql STABLE AS $$
            SELECT c.id, i.id, c.name, i.email, i.role, i.invited_by
              FROM invitations i JOIN companies c ON c.id = i.company_id
             WHERE i.token_hash = given AND i.expires_at > now() AND c.closed_at IS NULL
        $$""",
    # To which companies does whoever holds this session belong?
    "workplaces(given bytea)": """
        RETURNS TABLE (company_id uuid, name text, role text)
        LANGUAGE sql STABLE AS $$
            SELECT c.id, c.name, m.role
              FROM sign_in_sessions s JOIN members m ON m.user_id = s.user_id JOIN companies c ON c.id = m.company_id
             WHERE s.token_hash = given AND s.expires_at > now() AND c.closed_at IS NULL
             ORDER BY c.name, c.id
        $$""",
    # Lets a session serve another company of its person, under a new token.
    "move_session(given bytea, wanted uuid, fresh bytea)": """
        RETURNS boolean
        LANGUAGE sql AS $$
            WITH moved AS (
                UPDATE sign_in_sessions s SET company_id = wanted, token_hash = fresh
                 WHERE s.token_hash = given AND s.expires_at > now()
                   AND EXISTS (SELECT 1 FROM members m JOIN companies c ON c.id = m.company_id
                                WHERE m.company_id = wanted AND m.user_id = s.user_id AND c.closed_at IS NULL)
                RETURNING 1
            )
            SELECT EXISTS (SELECT 1 FROM moved)
        $$""",
    # Does this member of the served company belong to another one as well?
    "has_other_companies(given uuid)": f"""
        RETURNS boolean
        LANGUAGE sql STABLE AS $$
            SELECT EXISTS (SELECT 1 FROM members m WHERE m.company_id = {CURRENT} AND m.user_id = given)
               AND EXISTS (SELECT 1 FROM members m WHERE m.company_id <> {CURRENT} AND m.user_id = given)
        $$""",
    "purge_invitations()": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM invitations WHERE expires_at < now() RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("role IN ('admin', 'member', 'viewer')", name=op.f("ck_invitations_role")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_invitations_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    address = ["company_id", sa.literal_column("lower(email)")]
    op.create_index("uq_invitations_address", "invitations", address, unique=True)
    op.create_index("ix_invitations_expires", "invitations", ["expires_at"])
    _lock()
    _open_gates()


def _lock() -> None:
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO leader_app")
    op.execute("GRANT SELECT, DELETE ON invitations TO leader_gate")
    op.execute("ALTER TABLE invitations ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE invitations FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON invitations TO leader_app USING (company_id = {CURRENT})")
    op.execute("CREATE POLICY gate ON invitations TO leader_gate USING (true)")


def _open_gates() -> None:
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
    op.drop_table("invitations")
