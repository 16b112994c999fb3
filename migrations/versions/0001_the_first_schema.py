"""The first schema: every table, its roles, and the second lock of tenancy.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COMPANY_TABLES = (
    "ad_accounts",
    "capture_sources",
    "company_keys",
    "connection_attempts",
    "connections",
    "consents",
    "conversion_actions",
    "conversion_mappings",
    "conversion_uploads",
    "events",
    "inbox_items",
    "leads",
    "members",
    "notes",
    "receipt_entries",
    "sign_in_sessions",
    "stage_changes",
    "stages",
    "touchpoints",
)
APPEND_ONLY = ("events", "receipt_entries", "stage_changes", "inbox_items")
CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
"""The company of this transaction. After SET LOCAL the setting becomes an empty string, hence nullif."""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    _create_roles()
    _create_tables()
    _grant()
    _lock()


def _create_roles() -> None:
    """leader_app is what the product runs as; leader_gate owns the few functions that look across companies."""
    for role in ("leader_app", "leader_gate"):
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        op.execute(f"GRANT {role} TO CURRENT_USER")
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")


def _grant() -> None:
    for table in COMPANY_TABLES:
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO leader_app")
    # A person may belong to several companies: none of them may delete the person or change the address.
    op.execute("GRANT SELECT, INSERT, UPDATE ON companies TO leader_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (name, password_hash) ON users TO leader_app")
    op.execute("GRANT UPDATE (taken_in_at, due_at, attempts, problem) ON inbox_items TO leader_app")
    op.execute("GRANT SELECT ON alembic_version TO leader_app")


def _lock() -> None:
    """A session sees and writes the rows of its own company, and none at all while it serves no company."""
    for table in COMPANY_TABLES:
        _policy(table, "company_id", CURRENT)
    _policy("companies", "id", CURRENT)
    op.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE users FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY fellow_members ON users TO leader_app USING (id IN (SELECT user_id FROM members))")
    op.execute("CREATE POLICY sign_up ON users FOR INSERT TO leader_app WITH CHECK (true)")


def _policy(table: str, column: str, value: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING ({column} = {value})")


def _create_tables() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_companies_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "capture_sources",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("site_key", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_capture_sources_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_capture_sources")),
        sa.UniqueConstraint("site_key", name=op.f("uq_capture_sources_site_key")),
    )
    op.create_table(
        "company_keys",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_company_keys_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_company_keys")),
        sa.UniqueConstraint("company_id", name=op.f("uq_company_keys_company_id")),
    )
    op.create_table(
        "connection_attempts",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sign_in_session_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_code_verifier", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_connection_attempts_company_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_connection_attempts")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_connection_attempts_state_hash")),
    )
    op.create_table(
        "connections",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("google_subject", sa.Text(), nullable=False),
        sa.Column("google_email", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("sealed_refresh_token", sa.Text(), nullable=True),
        sa.Column("sealed_access_token", sa.Text(), nullable=True),
        sa.Column("access_token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_by", sa.Uuid(), nullable=False),
        sa.Column("connected_by_name", sa.Text(), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("accounts_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accounts_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accounts_problem", sa.Text(), nullable=False),
        sa.Column("disconnecting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_attempts", sa.Integer(), nullable=False),
        sa.Column("revoke_answer", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state <> 'deleted' OR (sealed_refresh_token IS NULL AND sealed_access_token IS NULL)",
            name=op.f("ck_connections_erased"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'needs_reconnect', 'disconnecting', 'deleted')",
            name=op.f("ck_connections_state"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_connections_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_connections")),
    )
    op.create_index(
        "ix_connections_due",
        "connections",
        ["due_at"],
        unique=False,
        postgresql_where="state = 'disconnecting'",
    )
    op.create_index("ix_connections_google_subject", "connections", ["google_subject"], unique=False)
    op.create_index(
        "uq_connections_live",
        "connections",
        ["company_id", "google_subject"],
        unique=True,
        postgresql_where=sa.text("state IN ('active', 'needs_reconnect')"),
    )
    op.create_table(
        "members",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'admin', 'member', 'viewer')", name=op.f("ck_members_role")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_members_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_members")),
        sa.UniqueConstraint("company_id", "user_id", name=op.f("uq_members_company_id_user_id")),
    )
    op.create_index("ix_members_user", "members", ["user_id"], unique=False)
    op.create_table(
        "sign_in_sessions",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_sign_in_sessions_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_in_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    op.create_index("ix_sign_in_sessions_expires", "sign_in_sessions", ["expires_at"], unique=False)
    op.create_index("ix_sign_in_sessions_user", "sign_in_sessions", ["user_id"], unique=False)
    op.create_table(
        "stages",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('new', 'open', 'won', 'lost')", name=op.f("ck_stages_kind")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_stages_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_stages")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_stages_company_id_name")),
    )
    op.create_table(
        "ad_accounts",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("login_customer_id", sa.Text(), nullable=False),
        sa.Column("conversion_customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "connection_id"],
            ["connections.company_id", "connections.id"],
            name=op.f("fk_ad_accounts_company_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_ad_accounts_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_ad_accounts")),
        sa.UniqueConstraint(
            "company_id",
            "connection_id",
            "customer_id",
            name=op.f("uq_ad_accounts_company_id_connection_id_customer_id"),
        ),
    )
    op.create_table(
        "leads",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_e164", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source_words", sa.Text(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed(
                "lower(name || ' ' || email || ' ' || phone || ' ' || phone_e164 || ' ' || source_words)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "stage_id"],
            ["stages.company_id", "stages.id"],
            name=op.f("fk_leads_company_id_stage_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_leads_company_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_leads")),
    )
    op.create_index("ix_leads_newest", "leads", ["company_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_leads_search",
        "leads",
        ["company_id", "search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"company_id": "uuid_ops", "search_text": "gin_trgm_ops"},
    )
    op.create_index("ix_leads_stage_newest", "leads", ["company_id", "stage_id", "created_at", "id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("ad_user_data", sa.Text(), nullable=False),
        sa.Column("ad_personalization", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ad_personalization IN ('granted', 'denied', 'unknown')",
            name=op.f("ck_consents_ad_personalization"),
        ),
        sa.CheckConstraint("ad_user_data IN ('granted', 'denied', 'unknown')", name=op.f("ck_consents_ad_user_data")),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_consents_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_consents_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_lead", "consents", ["company_id", "lead_id", "id"], unique=False)
    op.create_table(
        "conversion_actions",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ad_account_id", sa.Uuid(), nullable=False),
        sa.Column("google_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("counting_type", sa.Text(), nullable=False),
        sa.Column("click_window_days", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "ad_account_id"],
            ["ad_accounts.company_id", "ad_accounts.id"],
            name=op.f("fk_conversion_actions_company_id_ad_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_conversion_actions_company_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_conversion_actions")),
        sa.UniqueConstraint(
            "company_id",
            "ad_account_id",
            "google_id",
            name=op.f("uq_conversion_actions_company_id_ad_account_id_google_id"),
        ),
    )
    op.create_table(
        "events",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_events_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_events_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_lead", "events", ["company_id", "lead_id", "id"], unique=False)
    op.create_table(
        "inbox_items",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("capture_source_id", sa.Uuid(), nullable=False),
        sa.Column("client_event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('json', 'form')", name=op.f("ck_inbox_items_kind")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_inbox_items_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_inbox_items")),
        sa.UniqueConstraint(
            "company_id",
            "capture_source_id",
            "client_event_id",
            name=op.f("uq_inbox_items_company_id_capture_source_id_client_event_id"),
        ),
    )
    op.create_index(
        "ix_inbox_items_due",
        "inbox_items",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("taken_in_at IS NULL"),
    )
    op.create_table(
        "notes",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_notes_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_notes_company_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_lead", "notes", ["company_id", "lead_id", "id"], unique=False)
    op.create_table(
        "stage_changes",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("from_stage_id", sa.Uuid(), nullable=False),
        sa.Column("to_stage_id", sa.Uuid(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_stage_changes_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_stage_changes_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_stage_changes")),
    )
    op.create_index("ix_stage_changes_lead", "stage_changes", ["company_id", "lead_id", "id"], unique=False)
    op.create_table(
        "touchpoints",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("landing_page", sa.Text(), nullable=False),
        sa.Column("referrer", sa.Text(), nullable=False),
        sa.Column("utm", postgresql.JSONB(), nullable=False),
        sa.Column("click_ids", postgresql.JSONB(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("channel_reason", sa.Text(), nullable=False),
        sa.Column("source_words", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('visit', 'form')", name=op.f("ck_touchpoints_kind")),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_touchpoints_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_touchpoints_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_touchpoints")),
    )
    op.create_index("ix_touchpoints_lead", "touchpoints", ["company_id", "lead_id", "occurred_at"], unique=False)
    op.create_table(
        "conversion_mappings",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("conversion_action_id", sa.Uuid(), nullable=False),
        sa.Column("value_rule", sa.Text(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value_rule IN ('fixed', 'lead')", name=op.f("ck_conversion_mappings_value_rule")),
        sa.ForeignKeyConstraint(
            ["company_id", "conversion_action_id"],
            ["conversion_actions.company_id", "conversion_actions.id"],
            name=op.f("fk_conversion_mappings_company_id_conversion_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "stage_id"],
            ["stages.company_id", "stages.id"],
            name=op.f("fk_conversion_mappings_company_id_stage_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_conversion_mappings_company_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_conversion_mappings")),
    )
    op.create_index(
        "uq_conversion_mappings_active",
        "conversion_mappings",
        ["company_id", "stage_id", "conversion_action_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "conversion_uploads",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("mapping_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("unclear", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'accepted', 'rejected', 'waiting', 'held', 'skipped', 'parked')",
            name=op.f("ck_conversion_uploads_state"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_conversion_uploads_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "mapping_id"],
            ["conversion_mappings.company_id", "conversion_mappings.id"],
            name=op.f("fk_conversion_uploads_company_id_mapping_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["companies.id"],
            name=op.f("fk_conversion_uploads_company_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_conversion_uploads")),
        sa.UniqueConstraint(
            "company_id",
            "lead_id",
            "mapping_id",
            name=op.f("uq_conversion_uploads_company_id_lead_id_mapping_id"),
        ),
        sa.UniqueConstraint(
            "company_id", "transaction_id", name=op.f("uq_conversion_uploads_company_id_transaction_id")
        ),
    )
    op.create_index(
        "ix_conversion_uploads_connection",
        "conversion_uploads",
        ["company_id", "connection_id"],
        unique=False,
    )
    op.create_index(
        "ix_conversion_uploads_due",
        "conversion_uploads",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'waiting', 'sending', 'sent')"),
    )
    op.create_index(
        "ix_conversion_uploads_newest", "conversion_uploads", ["company_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "receipt_entries",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "upload_id"],
            ["conversion_uploads.company_id", "conversion_uploads.id"],
            name=op.f("fk_receipt_entries_company_id_upload_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_receipt_entries_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_receipt_entries")),
    )
    op.create_index("ix_receipt_entries_upload", "receipt_entries", ["company_id", "upload_id", "id"], unique=False)


def downgrade() -> None:
    raise RuntimeError("there is nothing before the first schema: restore a backup instead")
