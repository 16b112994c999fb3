"""Support turns two-step sign-in off for somebody who has lost their app, a day after they asked.

Revision: 0050, after 0049
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT (user_id, confirmed_at), DELETE ON second_factors TO leader_desk")
    op.execute("CREATE POLICY desk ON second_factors TO leader_desk USING (true)")
    op.execute("GRANT SELECT (created_at) ON support_requests TO leader_desk")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_desk")
    # Only for a request to support that the person made, under an address that they have confirmed, and that is a day
    # old: so long the reader of that address has had the mail about it. The answer is a word, and whom it is about.
    op.execute("""
        CREATE FUNCTION desk_end_two_step(given bytea, company uuid, given_reference text)
        RETURNS TABLE (outcome text, user_id uuid)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        #variable_conflict use_column
        DECLARE hit record;
        BEGIN
            PERFORM demand_staff(given);
            SELECT r.id, r.created_at, u.id AS person INTO hit FROM support_requests r
              JOIN users u ON lower(u.email) = lower(r.email) AND u.email_confirmed_at IS NOT NULL
              JOIN members m ON m.user_id = u.id AND m.company_id = company
             WHERE r.reference = upper(given_reference) AND r.state <> 'unconfirmed'
               AND (r.of_company IS NULL OR r.of_company = company);
            IF NOT FOUND THEN RETURN QUERY SELECT 'not_verified', NULL::uuid; RETURN; END IF;
            IF hit.created_at > now() - interval '24 hours' THEN
                RETURN QUERY SELECT 'too_early', NULL::uuid; RETURN;
            END IF;
            DELETE FROM second_factors f WHERE f.user_id = hit.person;
            IF NOT FOUND THEN RETURN QUERY SELECT 'off', NULL::uuid; RETURN; END IF;
            PERFORM desk_note(given, 'staff.ended_two_step', company, hit.id);
            RETURN QUERY SELECT 'done', hit.person;
        END $$""")
    op.execute("ALTER FUNCTION desk_end_two_step OWNER TO leader_desk")
    op.execute("REVOKE ALL ON FUNCTION desk_end_two_step FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION desk_end_two_step TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_desk")


def downgrade() -> None:
    op.execute("DROP FUNCTION desk_end_two_step")
    op.execute("DROP POLICY desk ON second_factors")
    op.execute("REVOKE ALL ON second_factors FROM leader_desk")
