"""The table of leads by any column, and narrowed by campaign, conversion, words in notes, and the company's own fields.

Revision: 0054, after 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
ONLY = "(SELECT nullif(current_setting('app.only_of', true), '')::uuid)"


def _of_field(condition: str) -> str:
    return (
        " AND EXISTS (SELECT 1 FROM custom_values v WHERE v.company_id = $6 AND v.lead_id = l.id"
        f" AND v.field_id = ($1->>'field_id')::uuid AND {condition})"
    )


CONDITIONS = {
    "pattern": " AND l.search_text LIKE lower($1->>'pattern')",
    "stage_id": " AND l.stage_id = ($1->>'stage_id')::uuid",
    "owner_id": " AND l.owner_id = ($1->>'owner_id')::uuid",
    "is_unowned": " AND l.owner_id IS NULL",
    "channel": " AND l.channel = $1->>'channel'",
    "since": " AND l.created_at >= ($1->>'since')::timestamptz",
    "until": " AND l.created_at < ($1->>'until')::timestamptz",
    "least": " AND l.value_minor >= ($1->>'least')::bigint",
    "most": " AND l.value_minor <= ($1->>'most')::bigint",
    "tag_id": " AND EXISTS (SELECT 1 FROM lead_tags t WHERE t.company_id = $6 AND t.lead_id = l.id"
    " AND t.tag_id = ($1->>'tag_id')::uuid)",
    "is_waiting": " AND l.answered_at IS NULL AND EXISTS (SELECT 1 FROM stages s"
    " WHERE s.company_id = $6 AND s.id = l.stage_id AND s.kind = 'new')",
    "campaign": " AND EXISTS (SELECT 1 FROM touchpoints t WHERE t.company_id = $6 AND t.lead_id = l.id"
    " AND lower(t.utm ->> 'utm_campaign') = lower($1->>'campaign'))",
    "conversion": " AND EXISTS (SELECT 1 FROM conversion_uploads u WHERE u.company_id = $6 AND u.lead_id = l.id"
    " AND u.state = $1->>'conversion')",
    "notes": " AND EXISTS (SELECT 1 FROM notes n WHERE n.company_id = $6 AND n.lead_id = l.id"
    " AND lower(n.body) LIKE lower($1->>'notes'))",
    "field_like": _of_field("lower(v.value) LIKE lower($1->>'field_like')"),
    "field_is": _of_field("v.value = $1->>'field_is'"),
    "field_from": _of_field("v.value >= $1->>'field_from'"),
    "field_to": _of_field("v.value <= $1->>'field_to' AND v.value <> ''"),
    "number_from": _of_field("v.number >= ($1->>'number_from')::numeric"),
    "number_to": _of_field("v.number <= ($1->>'number_to')::numeric"),
}
KEYS = {
    "arrival": ("l.created_at", "timestamptz"),
    "name": ("lower(l.name)", "text"),
    "value": ("coalesce(l.value_minor, -1)", "bigint"),
    "activity": ("l.updated_at", "timestamptz"),
}


def _rows(rows: dict[str, str]) -> str:
    """As the rows of a VALUES list."""
    return ", ".join("('{}', '{}')".format(name, text.replace("'", "''")) for name, text in rows.items())


SEARCH = f"""
CREATE FUNCTION search_leads(wanted jsonb, spam boolean, before_at timestamptz, before_id uuid, most integer)
RETURNS TABLE (lead_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 51 SET search_path = public, pg_temp AS $$
DECLARE
    company uuid := {CURRENT}; only_of uuid := {ONLY};
    sort text := ltrim(coalesce(wanted->>'sort', ''), '-'); down boolean := starts_with(wanted->>'sort', '-');
    way text := CASE WHEN starts_with(wanted->>'sort', '-') THEN 'DESC' ELSE 'ASC' END;
    ask text := 'SELECT l.id FROM leads l WHERE l.company_id = $6 AND l.is_spam = $2'; key text; kind text;
    parts uuid[]; part uuid; named text; is_reached boolean; place text; count integer;
BEGIN
    SELECT ask || coalesce(string_agg(condition, ''), '') INTO ask
      FROM (VALUES {_rows(CONDITIONS)}) AS known (name, condition) WHERE wanted ? name;
    IF only_of IS NOT NULL THEN
        ask := ask || ' AND l.owner_id = $7';
    END IF;
    IF sort IN ('stage', 'owner') THEN
        -- One part of the table after the other, each by its own index, until the page is full.
        IF sort = 'stage' THEN
            SELECT array_agg(s.id ORDER BY s.position, s.name) INTO parts FROM stages s
             WHERE s.company_id = company AND s.archived_at IS NULL;
        ELSE
            SELECT array_agg(m.user_id ORDER BY u.name, u.id) || NULL::uuid INTO parts
              FROM members m JOIN users u ON u.id = m.user_id WHERE m.company_id = company;
        END IF;
        IF down THEN
            SELECT array_agg(p.id ORDER BY p.place DESC) INTO parts FROM unnest(parts) WITH ORDINALITY AS p (id, place);
        END IF;
        is_reached := NOT wanted ? 'after';
        FOREACH part IN ARRAY parts LOOP
            named := coalesce(part::text, '');
            CONTINUE WHEN NOT is_reached AND named <> wanted->>'after';
            place := CASE WHEN is_reached THEN '' ELSE ' AND (l.created_at, l.id) < ($3, $4)' END;
            is_reached := true;
            RETURN QUERY EXECUTE ask || place
                || format(' AND l.%I ', sort || '_id') || CASE WHEN part IS NULL THEN 'IS NULL' ELSE '= $8' END
                || ' ORDER BY l.created_at DESC, l.id DESC LIMIT $5'
                USING wanted, spam, before_at, before_id, most, company, only_of, part;
            GET DIAGNOSTICS count = ROW_COUNT;
            most := most - count;
            EXIT WHEN most <= 0;
        END LOOP;
        RETURN;
    END IF;
    SELECT k.expression, k.type INTO key, kind
      FROM (VALUES {", ".join(f"('{n}', '{e}', '{t}')" for n, (e, t) in KEYS.items())}) AS k (name, expression, type)
     WHERE k.name = sort;
    IF key IS NOT NULL THEN
        IF wanted ? 'after' THEN
            ask := ask || format(' AND (%s, l.id) %s ((%L)::%s, $4)', key, CASE WHEN down THEN '<' ELSE '>' END,
                                 wanted->>'after', kind);
        END IF;
        ask := ask || format(' ORDER BY %s %s, l.id %s LIMIT $5', key, way, way);
    ELSE
        IF before_at IS NOT NULL THEN
            ask := ask || ' AND (l.created_at, l.id) < ($3, $4)';
        END IF;
        ask := ask || ' ORDER BY l.created_at DESC, l.id DESC LIMIT $5';
    END IF;
    RETURN QUERY EXECUTE ask USING wanted, spam, before_at, before_id, most, company, only_of;
END $$
"""
"""As before, in any order. Only its own texts become part of the statement; the values stay values, the one place
after which a page begins is quoted by format."""


def upgrade() -> None:
    op.create_index("ix_leads_name", "leads", ["company_id", sa.text("lower(name)"), "id"])
    op.create_index("ix_leads_by_value", "leads", ["company_id", sa.text("coalesce(value_minor, -1)"), "id"])
    op.create_index("ix_leads_activity", "leads", ["company_id", "updated_at", "id"])
    op.create_index(
        "ix_touchpoints_campaign",
        "touchpoints",
        ["company_id", sa.text("lower(utm ->> 'utm_campaign')"), "lead_id"],
        postgresql_where=sa.text("utm ? 'utm_campaign'"),
    )
    for table in ("touchpoints", "conversion_uploads", "notes"):
        op.execute(f"GRANT SELECT ON {table} TO leader_gate")
        op.execute(f"DROP POLICY IF EXISTS gate ON {table}")
        op.execute(f"CREATE POLICY gate ON {table} TO leader_gate USING (true)")
    op.execute("DROP FUNCTION search_leads(jsonb, boolean, timestamptz, uuid, integer)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(sa.text(SEARCH.replace(":", "\\:")))
    op.execute("ALTER FUNCTION search_leads OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION search_leads FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION search_leads TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
