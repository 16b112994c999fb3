"""Raw messages of leads that are held or frozen stay, whatever the rule says.

Revision: 0030, after 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
SPARED = """AND NOT EXISTS (SELECT 1 FROM lead_holds h WHERE h.company_id = i.company_id AND h.lead_id = i.id)
                AND NOT EXISTS (SELECT 1 FROM leads l WHERE l.company_id = i.company_id AND l.id = i.id
                                                        AND l.restricted_at IS NOT NULL)"""


def upgrade() -> None:
    _define(SPARED)


def downgrade() -> None:
    _define("")


def _define(spared: str) -> None:
    op.execute("DROP FUNCTION purge_inbox")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_eraser")
    op.execute(f"""
CREATE FUNCTION purge_inbox(before timestamptz, most integer) RETURNS integer
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
    WITH old AS MATERIALIZED (
             SELECT i.company_id, i.id FROM inbox_items i
              WHERE i.company_id = {CURRENT} AND i.received_at < before AND i.taken_in_at IS NOT NULL
                AND i.erased_at IS NULL
                AND EXISTS (SELECT 1 FROM retention_rules r
                             WHERE r.company_id = i.company_id AND r.data_class = 'messages'
                               AND r.months IS NOT NULL AND r.effective_at <= now())
                {spared}
              LIMIT most),
         gone AS (DELETE FROM inbox_items i USING old WHERE i.company_id = old.company_id AND i.id = old.id
                  RETURNING 1)
    SELECT count(*)::integer FROM gone
$$
""")
    op.execute("ALTER FUNCTION purge_inbox OWNER TO leader_eraser")
    op.execute("REVOKE ALL ON FUNCTION purge_inbox FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION purge_inbox TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_eraser")
