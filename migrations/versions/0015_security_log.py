"""The security log: append-only, with a retention of its own.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

GATES = {
    # Somebody did not know the password: an entry in each company of the user, none without a user.
    "note_failed_sign_in(given_id uuid, given_user uuid, ip text, agent text)": """
        RETURNS void
        LANGUAGE sql AS $$
            INSERT INTO security_entries (company_id, id, kind, user_id, user_name, ip_address, user_agent, at)
            SELECT m.company_id, given_id, 'user.sign_in_failed', u.id, u.name, ip, agent, now()
              FROM members m JOIN users u ON u.id = m.user_id WHERE m.user_id = given_user
        $$""",
    "purge_security_entries(days integer)": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM security_entries WHERE at < now() - make_interval(days => days) RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    op.create_table(
        "security_entries",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_security_entries_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_security_entries_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_security_entries")),
    )
    op.create_index("ix_security_entries_newest", "security_entries", ["company_id", "id"])
    op.create_index("ix_security_entries_user", "security_entries", ["company_id", "user_id", "id"])
    op.create_index("ix_security_entries_at", "security_entries", ["at"])
    op.create_index(
        "uq_security_entries_look", "security_entries", ["company_id", "lead_id", "user_id", "hour"], unique=True
    )
    op.execute("GRANT SELECT, INSERT ON security_entries TO leader_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON security_entries TO leader_gate")
    op.execute("ALTER TABLE security_entries ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE security_entries FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON security_entries TO leader_app USING (company_id = {CURRENT})")
    op.execute("CREATE POLICY gate ON security_entries TO leader_gate USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        _define(signature, body)
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def _define(signature: str, body: str) -> None:
    head, _, rest = body.partition("LANGUAGE")
    definer = "SECURITY DEFINER SET search_path = public, pg_temp"
    op.execute(f"CREATE FUNCTION {signature} {head} {definer} LANGUAGE {rest}")
    name = signature.partition("(")[0]
    op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.drop_table("security_entries")
