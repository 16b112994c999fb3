"""Many uploads in one request, smaller ones where Google refused some; and one way to Google for good.

Revision: 0041, after 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

CLAIM = """
CREATE FUNCTION claim_conversion_batch(most integer, enough integer, lease interval)
RETURNS TABLE (company_id uuid, upload_id uuid, claim integer, was text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    first record;
    size integer := 1;
    ids uuid[];
BEGIN
    SELECT u.company_id, u.id, u.connection_id, u.state, u.version, u.request_id, u.request_size, u.request_limit,
           u.payload - 'events' AS frame
      INTO first FROM conversion_uploads u
     WHERE u.state IN ('pending', 'waiting', 'sending', 'sent') AND u.due_at <= clock_timestamp()
     ORDER BY u.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN; END IF;
    ids := ARRAY[first.id];
    IF first.state = 'sent' AND first.request_size > 1 THEN
        ids := ARRAY(SELECT u.id FROM conversion_uploads u
            WHERE u.company_id = first.company_id AND u.connection_id = first.connection_id AND u.state = 'sent'
              AND u.due_at <= clock_timestamp() AND u.request_id = first.request_id FOR UPDATE SKIP LOCKED);
    ELSIF first.state <> 'sent' AND first.version = 1 THEN
        size := least(most, coalesce(first.request_limit, most));
        IF first.request_limit IS NULL AND enough > (SELECT count(*) FROM (
            SELECT 1 FROM conversion_uploads u
             WHERE u.company_id = first.company_id AND u.connection_id = first.connection_id
               AND u.state IN ('pending', 'waiting', 'sending') AND u.due_at <= clock_timestamp()
               AND u.version = 1 AND u.request_limit IS NULL LIMIT enough) AS ready) THEN
            size := 1;
        END IF;
        IF size > 1 THEN
            ids := ARRAY(SELECT u.id FROM conversion_uploads u
                WHERE u.company_id = first.company_id AND u.connection_id = first.connection_id
                  AND u.state IN ('pending', 'waiting', 'sending') AND u.due_at <= clock_timestamp()
                  AND u.version = 1 AND u.request_limit IS NOT DISTINCT FROM first.request_limit
                  AND u.payload - 'events' = first.frame
                ORDER BY u.due_at LIMIT size FOR UPDATE SKIP LOCKED);
        END IF;
    END IF;
    RETURN QUERY
    UPDATE conversion_uploads u
       SET claim = u.claim + 1, due_at = clock_timestamp() + lease,
           attempts = u.attempts + CASE WHEN old.state = 'sent' THEN 0 ELSE 1 END,
           unclear = u.unclear + CASE WHEN old.state = 'sent' THEN 0 ELSE 1 END,
           state = CASE WHEN old.state = 'sent' THEN 'sent' ELSE 'sending' END
      FROM (SELECT v.company_id, v.id, v.state FROM conversion_uploads v
             WHERE v.company_id = first.company_id AND v.id = ANY(ids)) old
     WHERE u.company_id = old.company_id AND u.id = old.id
    RETURNING u.company_id, u.id, u.claim, old.state;
END $$
"""


def upgrade() -> None:
    op.add_column("conversion_uploads", sa.Column("request_size", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("conversion_uploads", "request_size", server_default=None)
    op.add_column("conversion_uploads", sa.Column("request_limit", sa.Integer(), nullable=True))
    op.drop_index("ix_conversion_uploads_connection", "conversion_uploads")
    op.create_index("ix_conversion_uploads_connection", "conversion_uploads", ["company_id", "connection_id", "due_at"])
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(CLAIM)
    op.execute("ALTER FUNCTION claim_conversion_batch OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION claim_conversion_batch FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION claim_conversion_batch TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
    op.drop_constraint("ck_connections_upload_api", "connections")
    op.execute("UPDATE connections SET upload_api = ''")
    op.create_check_constraint("ck_connections_upload_api", "connections", "upload_api IN ('', 'data_manager')")


def downgrade() -> None:
    op.drop_constraint("ck_connections_upload_api", "connections")
    op.execute("UPDATE connections SET upload_api = 'data_manager'")
    op.create_check_constraint(
        "ck_connections_upload_api", "connections", "upload_api IN ('data_manager', 'google_ads')"
    )
    op.execute("DROP FUNCTION claim_conversion_batch(integer, integer, interval)")
    op.drop_index("ix_conversion_uploads_connection", "conversion_uploads")
    op.create_index("ix_conversion_uploads_connection", "conversion_uploads", ["company_id", "connection_id"])
    op.drop_column("conversion_uploads", "request_limit")
    op.drop_column("conversion_uploads", "request_size")
