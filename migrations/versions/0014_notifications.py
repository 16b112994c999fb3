"""Notifications and each member's wishes.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
TABLES = ("notifications", "notification_choices")
INSTANT = sa.DateTime(timezone=True)

GATES = {
    # Whose mail does this link end?
    "find_subscriber(key text)": """
        RETURNS TABLE (company_id uuid, user_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT c.company_id, c.user_id FROM notification_choices c WHERE c.unsubscribe_key = key
        $$""",
    # Whose digest is due?
    "due_digests(most integer)": """
        RETURNS TABLE (company_id uuid, user_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT c.company_id, c.user_id FROM notification_choices c
             WHERE c.digest <> 'none' AND c.digest_due_at <= now() ORDER BY c.digest_due_at LIMIT most
        $$""",
    "purge_notifications()": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM notifications WHERE created_at < now() - interval '90 days' RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_notifications_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "user_id"],
            ["members.company_id", "members.user_id"],
            name=op.f("fk_notifications_company_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_notifications_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "company_id", "event_id", "user_id", name=op.f("uq_notifications_company_id_event_id_user_id")
        ),
    )
    op.create_index("ix_notifications_newest", "notifications", ["company_id", "user_id", "created_at", "id"])
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["company_id", "user_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("ix_notifications_lead", "notifications", ["company_id", "lead_id"])
    op.create_index("ix_notifications_created", "notifications", ["created_at"])
    op.create_table(
        "notification_choices",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("no_mail", postgresql.JSONB(), nullable=False),
        sa.Column("no_bell", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("digest_due_at", INSTANT, nullable=False),
        sa.Column("told_until", INSTANT, nullable=False),
        sa.Column("unsubscribe_key", sa.Text(), nullable=False),
        sa.CheckConstraint("digest IN ('none', 'daily', 'weekly')", name=op.f("ck_notification_choices_digest")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_notification_choices_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "user_id"],
            ["members.company_id", "members.user_id"],
            name=op.f("fk_notification_choices_company_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_notification_choices")),
        sa.UniqueConstraint("company_id", "user_id", name=op.f("uq_notification_choices_company_id_user_id")),
        sa.UniqueConstraint("unsubscribe_key", name=op.f("uq_notification_choices_unsubscribe_key")),
    )
    op.create_index(
        "ix_notification_choices_due",
        "notification_choices",
        ["digest_due_at"],
        postgresql_where=sa.text("digest <> 'none'"),
    )
    _give_members_theirs()
    _lock()
    _open_gates()


def _give_members_theirs() -> None:
    """Whoever is a member already gets the defaults, with the first digest in a week."""
    op.execute("ALTER TABLE members NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO notification_choices"
        " SELECT company_id, gen_random_uuid(), user_id, '[]', '[]', 'weekly', now() + interval '7 days', now(),"
        " replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') FROM members"
    )
    op.execute("ALTER TABLE members FORCE ROW LEVEL SECURITY")


def _lock() -> None:
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO leader_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO leader_gate")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
        op.execute(f"CREATE POLICY gate ON {table} TO leader_gate USING (true)")


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
    for table in TABLES:
        op.drop_table(table)
