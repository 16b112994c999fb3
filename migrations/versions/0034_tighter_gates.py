"""Invitations end with the right to invite, deletions that nobody confirms lapse, and closed accounts answer nobody.

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

GATES = {
    # As before, and only while whoever invited may still invite.
    "open_invitation(given bytea)": """
        RETURNS TABLE (company_id uuid, invitation_id uuid, company_name text, email text, role text, invited_by text)
        LANGUAGE sql STABLE AS $$
            SELECT c.id, i.id, c.name, i.email, i.role, i.invited_by
              FROM invitations i JOIN companies c ON c.id = i.company_id
             WHERE i.token_hash = given AND i.expires_at > now() AND c.closed_at IS NULL
               AND EXISTS (SELECT 1 FROM members m WHERE m.company_id = i.company_id AND m.user_id = i.inviter_id
                              AND m.role IN ('owner', 'admin'))
        $$""",
    # As before; of several companies an open one comes first.
    "read_link(given bytea, wanted text)": """
        RETURNS TABLE (user_id uuid, name text, email text, company_id uuid, company_name text)
        LANGUAGE sql STABLE AS $$
            SELECT u.id, u.name, l.email, c.id, c.name
              FROM mailed_links l JOIN users u ON u.id = l.user_id
              JOIN members m ON m.user_id = u.id JOIN companies c ON c.id = m.company_id
             WHERE l.token_hash = given AND l.purpose = wanted AND l.used_at IS NULL AND l.expires_at > now()
             ORDER BY c.closed_at IS NOT NULL, m.created_at LIMIT 1
        $$""",
    # As before, for open accounts only.
    "privacy_desk(given text)": """
        RETURNS TABLE (company_id uuid, company_name text, region text, time_zone text)
        LANGUAGE sql STABLE AS $$
            SELECT c.id, c.name, c.region, c.time_zone
              FROM capture_sources s JOIN companies c ON c.id = s.company_id
             WHERE s.site_key = given AND c.closed_at IS NULL
        $$""",
    # As before; people of a closed company are still told what concerns them and their own sign-in.
    "claim_mails(most integer, lease interval)": r"""
        RETURNS TABLE (id uuid, claim integer, attempts integer, created_at timestamptz, template text,
                       recipient text, language text, "values" jsonb, unsubscribe text)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT m.id FROM mails m
                 WHERE m.state IN ('pending', 'sending') AND m.due_at <= clock_timestamp()
                   AND (m.template LIKE 'account\_%'
                        OR m.template IN ('password_changed', 'new_device', 'reset_password', 'allow_new_address')
                        OR NOT EXISTS (
                        SELECT 1 FROM companies c WHERE c.id = m.company_id AND c.closed_at IS NOT NULL))
                 ORDER BY m.due_at LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE mails m
               SET claim = m.claim + 1, attempts = m.attempts + 1, state = 'sending',
                   due_at = clock_timestamp() + lease
              FROM due WHERE m.id = due.id
            RETURNING m.id, m.claim, m.attempts, m.created_at, m.template, m.recipient, m.language, m."values",
                      m.unsubscribe
        $$""",
}

LIVES = "asked_at > now() - interval '7 days'"

DESK_GATES = {
    # As before; what nobody confirmed within a week has lapsed, and may be asked for anew.
    "desk_ask_closing(given bytea, closing uuid, company uuid, given_reference text, reason text)": f"""
        RETURNS text
        LANGUAGE plpgsql AS $$
        DECLARE doer uuid := demand_staff(given); request uuid;
        BEGIN
            PERFORM 1 FROM companies c WHERE c.id = company AND c.closed_at IS NULL;
            IF NOT FOUND THEN RETURN 'closed'; END IF;
            SELECT r.id INTO request FROM support_requests r
              JOIN users u ON lower(u.email) = lower(r.email) AND u.email_confirmed_at IS NOT NULL
              JOIN members m ON m.user_id = u.id AND m.company_id = company AND m.role = 'owner'
             WHERE r.reference = upper(given_reference) AND r.state <> 'unconfirmed'
               AND (r.of_company IS NULL OR r.of_company = company);
            IF request IS NULL THEN RETURN 'not_verified'; END IF;
            UPDATE staff_closings k SET state = 'withdrawn', settled_at = now()
             WHERE k.of_company = company AND k.state = 'asked' AND NOT k.{LIVES};
            INSERT INTO staff_closings (id, of_company, request_id, reason, state, asked_by, asked_at)
            VALUES (closing, company, request, reason, 'asked', doer, now()) ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN RETURN 'asked_before'; END IF;
            PERFORM desk_note(given, 'staff.asked_closing', company, request);
            RETURN 'asked';
        END $$""",
    "desk_closings(given bytea)": f"""
        RETURNS TABLE (id uuid, of_company uuid, company_name text, reason text, asked_by_name text,
                       asked_at timestamptz, is_own boolean, request_id uuid)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE reader uuid := demand_staff(given);
        BEGIN
            PERFORM desk_note(given, 'staff.saw_closings', NULL, NULL);
            RETURN QUERY
            SELECT k.id, k.of_company, c.name, k.reason, coalesce(s.name, ''), k.asked_at, k.asked_by = reader,
                   k.request_id
              FROM staff_closings k JOIN companies c ON c.id = k.of_company LEFT JOIN staff s ON s.id = k.asked_by
             WHERE k.state = 'asked' AND k.{LIVES} ORDER BY k.asked_at LIMIT 100;
        END $$""",
    "desk_settle_closing(given bytea, closing uuid, outcome text)": f"""
        RETURNS uuid
        LANGUAGE plpgsql AS $$
        DECLARE doer uuid := demand_staff(given); company uuid;
        BEGIN
            UPDATE staff_closings k SET state = outcome, settled_by = doer, settled_at = now()
             WHERE k.id = closing AND k.state = 'asked'
               AND (outcome = 'withdrawn' OR (k.asked_by <> doer AND k.{LIVES}))
            RETURNING k.of_company INTO company;
            IF company IS NULL THEN RETURN NULL; END IF;
            PERFORM desk_note(given, 'staff.' || outcome || '_closing', company, NULL);
            RETURN company;
        END $$""",
}


def upgrade() -> None:
    op.add_column("invitations", sa.Column("inviter_id", sa.Uuid(), nullable=True))
    # As the role of the gates, which sees every company's.
    op.execute("GRANT UPDATE (inviter_id) ON invitations TO leader_gate")
    op.execute("SET LOCAL ROLE leader_gate")
    op.execute("""
        UPDATE invitations i SET inviter_id = (
            SELECT u.id FROM members m JOIN users u ON u.id = m.user_id
             WHERE m.company_id = i.company_id AND u.name = i.invited_by ORDER BY m.created_at LIMIT 1)""")
    op.execute("RESET ROLE")
    op.execute("REVOKE UPDATE (inviter_id) ON invitations FROM leader_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate, leader_desk")
    for signature, body in {**GATES, **DESK_GATES}.items():
        head, _, rest = body.partition("LANGUAGE")
        definer = "SECURITY DEFINER SET search_path = public, pg_temp"
        op.execute(f"CREATE OR REPLACE FUNCTION {signature} {head} {definer} LANGUAGE {rest}")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate, leader_desk")


def downgrade() -> None:
    raise RuntimeError("the gates before this one let too much through: restore a backup instead")
