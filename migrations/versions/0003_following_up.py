"""Following up: who answers a lead, whether it is worth a quote, tags, reasons for losing it, tasks.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("tags", "lead_tags", "lost_reasons", "tasks")
CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    _create_tables()
    _extend_leads()
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
    _open_gate()


def _open_gate() -> None:
    """Which companies have somebody to remind?"""
    op.execute("GRANT SELECT ON tasks TO leader_gate")
    op.execute("CREATE POLICY gate ON tasks TO leader_gate USING (true)")
    op.execute(
        """CREATE FUNCTION companies_with_due_tasks(most integer) RETURNS TABLE (company_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT DISTINCT t.company_id FROM tasks t
             WHERE t.due_at <= now() AND t.done_at IS NULL AND t.reminded_at IS NULL LIMIT most
        $$"""
    )
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute("ALTER FUNCTION companies_with_due_tasks(integer) OWNER TO leader_gate")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
    op.execute("REVOKE ALL ON FUNCTION companies_with_due_tasks(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION companies_with_due_tasks(integer) TO leader_app")


def _extend_leads() -> None:
    op.add_column("leads", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("leads", sa.Column("quotable", sa.Text(), nullable=False, server_default="pending"))
    op.add_column("leads", sa.Column("lost_reason_id", sa.Uuid(), nullable=True))
    op.add_column("leads", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_leads_quotable"), "leads", "quotable IN ('pending', 'yes', 'no')")
    op.create_foreign_key(
        op.f("fk_leads_company_id_owner_id"),
        "leads",
        "members",
        ["company_id", "owner_id"],
        ["company_id", "user_id"],
        ondelete="SET NULL (owner_id)",
    )
    op.create_foreign_key(
        op.f("fk_leads_company_id_lost_reason_id"),
        "leads",
        "lost_reasons",
        ["company_id", "lost_reason_id"],
        ["company_id", "id"],
        ondelete="SET NULL (lost_reason_id)",
    )
    op.create_index("ix_leads_owner_newest", "leads", ["company_id", "owner_id", "created_at", "id"])
    op.create_index(
        "ix_leads_waiting",
        "leads",
        ["company_id", "created_at", "id"],
        postgresql_where=sa.text("answered_at IS NULL AND NOT is_spam"),
    )


def _create_tables() -> None:
    op.create_table(
        "tags",
        *_key("tags"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 40", name=op.f("ck_tags_name")),
    )
    op.create_index("uq_tags_name", "tags", ["company_id", sa.text("lower(name)")], unique=True)
    op.create_table(
        "lost_reasons",
        *_key("lost_reasons"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_lost_reasons_name")),
    )
    op.create_index("uq_lost_reasons_name", "lost_reasons", ["company_id", sa.text("lower(name)")], unique=True)
    op.create_table(
        "lead_tags",
        *_key("lead_tags"),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        _of_lead("lead_tags"),
        sa.ForeignKeyConstraint(
            ["company_id", "tag_id"],
            ["tags.company_id", "tags.id"],
            name=op.f("fk_lead_tags_company_id_tag_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("company_id", "lead_id", "tag_id", name=op.f("uq_lead_tags_company_id_lead_id_tag_id")),
    )
    op.create_index("ix_lead_tags_tag", "lead_tags", ["company_id", "tag_id", "lead_id"])
    op.create_table(
        "tasks",
        *_key("tasks"),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _of_lead("tasks"),
        sa.ForeignKeyConstraint(
            ["company_id", "assignee_id"],
            ["members.company_id", "members.user_id"],
            name=op.f("fk_tasks_company_id_assignee_id"),
            ondelete="SET NULL (assignee_id)",
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name=op.f("ck_tasks_title")),
    )
    op.create_index("ix_tasks_lead", "tasks", ["company_id", "lead_id", "due_at"])
    op.create_index(
        "ix_tasks_open", "tasks", ["company_id", "due_at", "id"], postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_index(
        "ix_tasks_remind", "tasks", ["due_at"], postgresql_where=sa.text("done_at IS NULL AND reminded_at IS NULL")
    )


def _key(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f(f"fk_{table}_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f(f"pk_{table}")),
    )


def _of_lead(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["company_id", "lead_id"],
        ["leads.company_id", "leads.id"],
        name=op.f(f"fk_{table}_company_id_lead_id"),
        ondelete="CASCADE",
    )
