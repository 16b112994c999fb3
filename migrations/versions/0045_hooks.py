"""Addresses that other programs call: Google's lead form, and webhooks.

Revision: 0045, after 0044
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

OPEN_HOOK = """
    CREATE FUNCTION open_hook(given text)
    RETURNS TABLE (kind text, key_hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT s.kind, s.key_hash FROM capture_sources s JOIN companies c ON c.id = s.company_id
         WHERE s.site_key = given AND s.kind <> 'website' AND s.is_active AND c.closed_at IS NULL
    $$"""
"""What must be known of such an address before anything is kept?"""


def upgrade() -> None:
    op.add_column("capture_sources", sa.Column("kind", sa.Text(), nullable=False, server_default="website"))
    op.add_column("capture_sources", sa.Column("key_hash", sa.LargeBinary(), nullable=True))
    op.add_column("capture_sources", sa.Column("mapping", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.create_check_constraint(
        op.f("ck_capture_sources_kind"), "capture_sources", "kind IN ('website', 'lead_form', 'webhook')"
    )
    _allow_kinds("'json', 'form', 'lead_form', 'webhook'")
    op.create_index(
        "uq_capture_sources_hook", "capture_sources", ["company_id", "kind"], unique=True,
        postgresql_where=sa.text("kind <> 'website'"),
    )  # fmt: skip
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(OPEN_HOOK)
    op.execute("ALTER FUNCTION open_hook OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION open_hook FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION open_hook TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    op.execute("DROP FUNCTION open_hook")
    op.drop_index("uq_capture_sources_hook", "capture_sources")
    _allow_kinds("'json', 'form'")
    for column in ("mapping", "key_hash", "kind"):
        op.drop_column("capture_sources", column)


def _allow_kinds(kinds: str) -> None:
    name = op.f("ck_inbox_items_kind")
    op.drop_constraint(name, "inbox_items", type_="check")
    op.create_check_constraint(name, "inbox_items", f"kind IN ({kinds})")
