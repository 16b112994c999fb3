"""Gates that were too generous, a gate that nobody asks any more, and own leads alone for recordings too.

Revision: 0055, after 0054
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

ONLY = "(SELECT nullif(current_setting('app.only_of', true), '')::uuid)"

# A request that the person confirmed stays until it is with every company.
PURGE = """
    CREATE OR REPLACE FUNCTION purge_passed_requests()
    RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH gone AS (
            DELETE FROM passed_requests r
             WHERE r.asked_at < now() - interval '30 days' AND (r.confirmed_at IS NULL OR r.passed_at IS NOT NULL)
            RETURNING 1
        )
        SELECT count(*)::integer FROM gone
    $$"""

# Only for an open request of the last two weeks that is a day old, so that the reader of the address knows of it.
END_TWO_STEP = """
    CREATE OR REPLACE FUNCTION desk_end_two_step(given bytea, company uuid, given_reference text)
    RETURNS TABLE (outcome text, user_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE hit record;
    BEGIN
        PERFORM demand_staff(given);
        SELECT r.id, r.created_at, u.id AS person INTO hit FROM support_requests r
          JOIN users u ON lower(u.email) = lower(r.email) AND u.email_confirmed_at IS NOT NULL
          JOIN members m ON m.user_id = u.id AND m.company_id = company
         WHERE r.reference = upper(given_reference) AND r.state IN ('open', 'answered')
           AND r.created_at > now() - interval '14 days' AND (r.of_company IS NULL OR r.of_company = company);
        IF NOT FOUND THEN RETURN QUERY SELECT 'not_verified', NULL::uuid; RETURN; END IF;
        IF hit.created_at > now() - interval '24 hours' THEN
            RETURN QUERY SELECT 'too_early', NULL::uuid; RETURN;
        END IF;
        DELETE FROM second_factors f WHERE f.user_id = hit.person;
        IF NOT FOUND THEN RETURN QUERY SELECT 'off', NULL::uuid; RETURN; END IF;
        PERFORM desk_note(given, 'staff.ended_two_step', company, hit.id);
        RETURN QUERY SELECT 'done', hit.person;
    END $$"""

OWN = {
    "call_recordings": "SELECT 1 FROM calls c WHERE c.company_id = call_recordings.company_id"
    " AND c.id = call_recordings.call_id",
    "recording_listens": "SELECT 1 FROM call_recordings r WHERE r.company_id = recording_listens.company_id"
    " AND r.id = recording_listens.recording_id",
}
"""What hangs from a call is seen by those who see the call."""


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate, leader_desk")
    op.execute(PURGE)
    op.execute(END_TWO_STEP)
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate, leader_desk")
    op.execute("DROP FUNCTION claim_conversion_uploads(integer, interval)")
    for table, seen in OWN.items():
        op.execute(
            f"CREATE POLICY own_leads ON {table} AS RESTRICTIVE TO leader_app"
            f" USING (CASE WHEN {ONLY} IS NULL THEN true ELSE EXISTS ({seen}) END) WITH CHECK (true)"
        )


def downgrade() -> None:
    for table in OWN:
        op.execute(f"DROP POLICY own_leads ON {table}")
