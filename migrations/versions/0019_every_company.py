"""What runs through every company: rotating keys, and the copy of the erasure ledger.

Revision: 0019, after 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

GATES = {
    # Every company, for the rotation of keys.
    "all_companies()": """
        RETURNS TABLE (company_id uuid)
        LANGUAGE sql STABLE AS $$ SELECT c.id FROM companies c ORDER BY c.id $$""",
    # The whole ledger, for its copy outside the database. It names nobody.
    "erasure_ledger_lines()": """
        RETURNS TABLE (line text)
        LANGUAGE sql STABLE AS $$
            SELECT json_build_object('id', l.id, 'kind', l.kind, 'of_company', l.of_company,
                                     'subject_id', l.subject_id, 'marks', l.marks, 'erased_at', l.erased_at)::text
              FROM erasure_ledger l ORDER BY l.erased_at, l.id
        $$""",
    # Entries that no backup needs any more.
    "purge_erasure_ledger(days integer)": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM erasure_ledger WHERE erased_at < now() - make_interval(days => days) RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        head, _, rest = body.partition("LANGUAGE")
        definer = "SECURITY DEFINER SET search_path = public, pg_temp"
        op.execute(f"CREATE FUNCTION {signature} {head} {definer} LANGUAGE {rest}")
        name = signature.partition("(")[0]
        op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
