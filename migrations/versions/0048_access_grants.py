"""Support looks at leads only with a grant that the customer gave and that has not ended.

The grant is asked for by row-level security itself: the role that reads the leads sees none of a company without one.

Revision: 0048, after 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
INSTANT = sa.DateTime(timezone=True)
LIVE = "g.ended_at IS NULL AND g.ends_at > clock_timestamp()"

DESK_GATES = {
    # As desk_note, for one lead.
    "desk_note_lead(given bytea, action text, company uuid, lead uuid)": """
        RETURNS void
        LANGUAGE plpgsql AS $$
        DECLARE doer uuid := demand_staff(given); doer_name text;
        BEGIN
            SELECT s.name INTO doer_name FROM staff s WHERE s.id = doer;
            INSERT INTO staff_entries (id, staff_id, staff_name, action, of_company, request_id, at)
            VALUES (gen_random_uuid(), doer, doer_name, action, company, NULL, clock_timestamp());
            INSERT INTO security_entries (company_id, id, kind, user_name, ip_address, user_agent, lead_id, at)
            VALUES (company, desk_entry_id(), action, doer_name, '', '', lead, clock_timestamp());
        END $$""",
    # Until when may the staff look at this company's leads, and who said so? Nothing without a live grant.
    "desk_grant(given bytea, company uuid)": f"""
        RETURNS TABLE (granted_by_name text, ends_at timestamptz)
        LANGUAGE plpgsql VOLATILE AS $$
        #variable_conflict use_column
        BEGIN
            PERFORM demand_staff(given);
            RETURN QUERY
            SELECT g.granted_by_name, g.ends_at FROM access_grants g JOIN companies c ON c.id = g.company_id
             WHERE g.company_id = company AND {LIVE} AND c.closed_at IS NULL ORDER BY g.ends_at DESC LIMIT 1;
        END $$""",
}

READERS = {
    # A page of the leads of a company that gave a grant, the newest first. Whoever has none is written down too.
    "desk_leads(given bytea, company uuid, before_at timestamptz, before_id uuid, most integer)": """
        RETURNS TABLE (id uuid, name text, stage text, channel text, created_at timestamptz)
        LANGUAGE plpgsql VOLATILE AS $$
        #variable_conflict use_column
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM desk_grant(given, company)) THEN
                PERFORM desk_note(given, 'staff.refused_leads', company, NULL);
                RETURN;
            END IF;
            PERFORM desk_note(given, 'staff.saw_leads', company, NULL);
            RETURN QUERY
            SELECT l.id, l.name, s.name, l.channel, l.created_at
              FROM leads l JOIN stages s ON s.company_id = l.company_id AND s.id = l.stage_id
             WHERE l.company_id = company AND NOT l.is_spam
               AND (before_at IS NULL OR (l.created_at, l.id) < (before_at, before_id))
             ORDER BY l.created_at DESC, l.id DESC LIMIT most;
        END $$""",
    "desk_lead(given bytea, company uuid, lead uuid)": """
        RETURNS TABLE (id uuid, name text, email text, phone text, message text, stage text, value_minor bigint,
                       currency text, channel text, source_words text, created_at timestamptz)
        LANGUAGE plpgsql VOLATILE AS $$
        #variable_conflict use_column
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM desk_grant(given, company)) THEN
                PERFORM desk_note(given, 'staff.refused_leads', company, NULL);
                RETURN;
            END IF;
            IF NOT EXISTS (SELECT 1 FROM leads l WHERE l.company_id = company AND l.id = lead) THEN RETURN; END IF;
            PERFORM desk_note_lead(given, 'staff.saw_lead', company, lead);
            RETURN QUERY
            SELECT l.id, l.name, l.email, l.phone, l.message, s.name, l.value_minor, l.currency, l.channel,
                   l.source_words, l.created_at
              FROM leads l JOIN stages s ON s.company_id = l.company_id AND s.id = l.stage_id
             WHERE l.company_id = company AND l.id = lead;
        END $$""",
}

LEAD_COLUMNS = (
    "company_id, id, name, email, phone, message, stage_id, value_minor, currency, channel, source_words, is_spam,"
    " created_at"
)


def upgrade() -> None:
    _create_grants()
    _create_reader()
    op.execute("GRANT CREATE ON SCHEMA public TO leader_desk, leader_helper")
    for signature, body in DESK_GATES.items():
        _define(signature, body, "leader_desk")
    for name in ("demand_staff", "desk_note", "desk_note_lead", "desk_grant"):
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_helper")
    op.execute("REVOKE EXECUTE ON FUNCTION desk_note_lead FROM leader_app")
    for signature, body in READERS.items():
        _define(signature, body, "leader_helper")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_desk, leader_helper")


def _create_grants() -> None:
    op.create_table(
        "access_grants",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("ends_at <= created_at + interval '7 days'", name="ck_access_grants_ends"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_access_grants_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_access_grants"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (ended_at) ON access_grants TO leader_app")
    op.execute("ALTER TABLE access_grants ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE access_grants FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON access_grants TO leader_app USING (company_id = {CURRENT})")


def _create_reader() -> None:
    """A role that reads leads, and only where a grant lives. Nobody logs in as it."""
    op.execute(
        "DO $$ BEGIN CREATE ROLE leader_helper NOLOGIN NOSUPERUSER NOBYPASSRLS; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    op.execute("GRANT leader_helper TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO leader_helper")
    for role in ("leader_desk", "leader_helper"):
        op.execute(f"GRANT SELECT ON access_grants TO {role}")
        op.execute(f"CREATE POLICY {role} ON access_grants FOR SELECT TO {role} USING (true)")
    op.execute(f"GRANT SELECT ({LEAD_COLUMNS}) ON leads TO leader_helper")
    op.execute("GRANT SELECT (company_id, id, name) ON stages TO leader_helper")
    for table in ("leads", "stages"):
        op.execute(
            f"CREATE POLICY granted ON {table} FOR SELECT TO leader_helper USING (EXISTS ("
            f" SELECT 1 FROM access_grants g WHERE g.company_id = {table}.company_id AND {LIVE}))"
        )


def _define(signature: str, body: str, role: str) -> None:
    head, _, rest = body.partition("LANGUAGE")
    name = signature.partition("(")[0]
    op.execute(f"CREATE FUNCTION {signature} {head} SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE {rest}")
    op.execute(f"ALTER FUNCTION {name} OWNER TO {role}")
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")


def downgrade() -> None:
    for signature in (*READERS, *reversed(DESK_GATES)):
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    for table in ("leads", "stages"):
        op.execute(f"DROP POLICY granted ON {table}")
        op.execute(f"REVOKE ALL ON {table} FROM leader_helper")
    op.drop_table("access_grants")
