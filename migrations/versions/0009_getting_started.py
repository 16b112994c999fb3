"""Pages on which the tag was seen, and when a company is through with getting started.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"


def upgrade() -> None:
    op.add_column("companies", sa.Column("getting_started_ended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE companies SET getting_started_ended_at = now() WHERE is_demo")
    op.create_table(
        "tag_sightings",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("capture_source_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "capture_source_id"],
            ["capture_sources.company_id", "capture_sources.id"],
            name=op.f("fk_tag_sightings_company_id_capture_source_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_tag_sightings_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_tag_sightings")),
        sa.UniqueConstraint(
            "company_id",
            "capture_source_id",
            "path",
            name=op.f("uq_tag_sightings_company_id_capture_source_id_path"),
        ),
    )
    op.create_index("ix_tag_sightings_newest", "tag_sightings", ["company_id", "last_seen_at"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE (last_seen_at), DELETE ON tag_sightings TO leader_app")
    op.execute("ALTER TABLE tag_sightings ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE tag_sightings FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON tag_sightings TO leader_app USING (company_id = {CURRENT})")


def downgrade() -> None:
    op.drop_table("tag_sightings")
    op.drop_column("companies", "getting_started_ended_at")
