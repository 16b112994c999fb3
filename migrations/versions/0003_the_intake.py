"""The intake: one statement that stores a lead with everything it came with, or finds that it is stored already.

It runs as its caller, so row-level security judges every row that it writes.

Revision: 0003, after 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LEAD_OF_INBOX = "fk_inbox_items_company_id_lead_id"

RECEIVE_LEAD = """
CREATE FUNCTION receive_lead(given_site_key text, given jsonb)
RETURNS TABLE (lead_id uuid, is_new boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    source record;
    lead uuid := (given->>'lead_id')::uuid;
    arrived timestamptz := (given->>'received_at')::timestamptz;
    item jsonb := given->'inbox';
    person jsonb := given->'lead';
    choice jsonb := given->'consent';
BEGIN
    SELECT * INTO source FROM open_capture(given_site_key);
    IF NOT FOUND OR NOT source.is_active THEN RETURN; END IF;

    -- Claim the client's event id first: of two equal sendings the second waits here for the first.
    INSERT INTO inbox_items (company_id, id, capture_source_id, client_event_id, body, ip_address, user_agent,
                             lead_id, received_at)
    VALUES (source.company_id, (item->>'id')::uuid, source.source_id, item->>'client_event_id', item->'body',
            item->>'ip_address', item->>'user_agent', lead, arrived)
    ON CONFLICT (company_id, capture_source_id, client_event_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN QUERY SELECT i.lead_id, false FROM inbox_items i
                      WHERE i.company_id = source.company_id AND i.capture_source_id = source.source_id
                        AND i.client_event_id = item->>'client_event_id';
        RETURN;
    END IF;

    INSERT INTO leads (company_id, id, stage_id, name, email, phone, phone_e164, message, currency, channel,
                       source_words, is_test, is_demo, is_spam, version, created_at, updated_at)
    SELECT source.company_id, lead, s.id, person->>'name', person->>'email', person->>'phone',
           person->>'phone_e164', person->>'message', source.currency, person->>'channel',
           person->>'source_words', (person->>'is_test')::boolean, false, (person->>'is_spam')::boolean, 1,
           arrived, arrived
      FROM stages s WHERE s.company_id = source.company_id AND s.kind = 'new' ORDER BY s.position LIMIT 1;
    IF NOT FOUND THEN RAISE 'the company has no stage for new leads'; END IF;

    INSERT INTO touchpoints (company_id, id, lead_id, kind, occurred_at, landing_page, referrer, utm, click_ids,
                             channel, channel_reason, source_words)
    SELECT source.company_id, t.id, lead, t.kind, t.occurred_at, t.landing_page, t.referrer, t.utm, t.click_ids,
           t.channel, t.channel_reason, t.source_words
      FROM jsonb_to_recordset(given->'touchpoints')
           AS t(id uuid, kind text, occurred_at timestamptz, landing_page text, referrer text, utm jsonb,
                click_ids jsonb, channel text, channel_reason text, source_words text);

    INSERT INTO consents (company_id, id, lead_id, ad_user_data, ad_personalization, way, wording, recorded_at)
    VALUES (source.company_id, (choice->>'id')::uuid, lead, choice->>'ad_user_data',
            choice->>'ad_personalization', choice->>'way',
            CASE WHEN (choice->>'saw_notice')::boolean THEN source.notice ELSE '' END, arrived);

    INSERT INTO events (company_id, id, type, lead_id, actor_name, data, at)
    VALUES (source.company_id, (given->>'event_id')::uuid, 'lead.arrived', lead, '',
            given->'event_data' || jsonb_build_object('source', source.source_name), arrived);

    RETURN QUERY SELECT lead, true;
END $$
"""


def upgrade() -> None:
    # Deferred, since the claim on the client's event id comes before the lead that it stands for.
    op.drop_constraint(LEAD_OF_INBOX, "inbox_items", type_="foreignkey")
    op.create_foreign_key(
        LEAD_OF_INBOX,
        "inbox_items",
        "leads",
        ["company_id", "lead_id"],
        ["company_id", "id"],
        ondelete="CASCADE",
        deferrable=True,
        initially="DEFERRED",
    )
    op.execute(RECEIVE_LEAD)
    op.execute("REVOKE ALL ON FUNCTION receive_lead FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION receive_lead TO leader_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION receive_lead")
    op.drop_constraint(LEAD_OF_INBOX, "inbox_items", type_="foreignkey")
    op.create_foreign_key(
        LEAD_OF_INBOX,
        "inbox_items",
        "leads",
        ["company_id", "lead_id"],
        ["company_id", "id"],
        ondelete="CASCADE",
    )
