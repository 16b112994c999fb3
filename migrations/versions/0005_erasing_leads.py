"""Erasing a lead: the record of it, totals that stay, tombstones in the inbox, and leads that are frozen.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

ENTOMB = f"""
CREATE FUNCTION entomb_inbox_item(given uuid, fingerprint text) RETURNS void
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    -- Nothing can be emptied while its lead is there, so the inbox stays what it is: written once.
    PERFORM 1 FROM leads l WHERE l.company_id = {CURRENT} AND l.id = given;
    IF FOUND THEN RAISE EXCEPTION 'the lead of this inbox item has not been erased'; END IF;
    DELETE FROM inbox_items i
     WHERE i.company_id = {CURRENT} AND i.id = given AND EXISTS (
           SELECT 1 FROM inbox_items t WHERE t.company_id = i.company_id AND t.id <> i.id
              AND t.client_event_id = fingerprint AND t.erased_at IS NOT NULL);
    UPDATE inbox_items i
       SET body = '', ip_address = '', user_agent = '', problem = '', client_event_id = fingerprint,
           erased_at = now(), taken_in_at = coalesce(i.taken_in_at, now())
     WHERE i.company_id = {CURRENT} AND i.id = given AND i.erased_at IS NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("leads", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inbox_items", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_inbox_items_erased",
        "inbox_items",
        ["company_id", "client_event_id"],
        postgresql_where=sa.text("erased_at IS NOT NULL"),
    )
    _create_erasures()
    _create_totals()
    _lock("erasures", "SELECT, INSERT")
    _lock("lead_totals", "SELECT, INSERT, UPDATE")
    _create_gate()


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.Column("recipients", postgresql.JSONB(), nullable=False),
        sa.Column("erased_by", sa.Uuid(), nullable=True),
        sa.Column("erased_by_name", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason IN ('asked', 'no_longer_needed', 'mistake')", name=op.f("ck_erasures_reason")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_erasures_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("company_id", "lead_id", name=op.f("uq_erasures_company_id_lead_id")),
    )


def _create_totals() -> None:
    op.create_table(
        "lead_totals",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("stage_kind", sa.Text(), nullable=False),
        sa.Column("value_bucket", sa.Text(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_lead_totals_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_lead_totals")),
        sa.UniqueConstraint(
            "company_id", "week", "channel", "campaign", "stage_kind", "value_bucket", name="uq_lead_totals_cell"
        ),
    )


def _lock(table: str, rights: str) -> None:
    op.execute(f"GRANT {rights} ON {table} TO leader_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")


def _create_gate() -> None:
    op.execute(
        "GRANT DELETE, UPDATE (body, ip_address, user_agent, problem, client_event_id, erased_at, taken_in_at)"
        " ON inbox_items TO leader_gate"
    )
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(ENTOMB)
    op.execute("ALTER FUNCTION entomb_inbox_item OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION entomb_inbox_item FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION entomb_inbox_item TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    op.execute("DROP FUNCTION entomb_inbox_item")
    op.drop_table("lead_totals")
    op.drop_table("erasures")
    op.drop_index("ix_inbox_items_erased", "inbox_items")
    op.drop_column("inbox_items", "erased_at")
    op.drop_column("leads", "restricted_at")
