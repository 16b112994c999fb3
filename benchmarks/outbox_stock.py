"""Many conversions that wait to be sent: copies of one that the product's own rules planned, made in the database."""

import uuid

import psycopg

Connection = psycopg.Connection[tuple[object, ...]]
COPIES = """
CREATE TEMP TABLE copies AS SELECT gen_random_uuid() AS lead_id, gen_random_uuid() AS upload_id,
       replace(gen_random_uuid()::text, '-', '') AS key FROM generate_series(1, {number})
"""
PAYLOAD = (
    "jsonb_set(jsonb_set(row.payload, '{events,0,transactionId}', to_jsonb(copies.key)),"
    " '{events,0,adIdentifiers,gclid}', to_jsonb('Cj0KCQ' || copies.key))"
)


def fill(database: Connection, company_id: uuid.UUID, number: int) -> None:
    """`number` more that are due now, and nothing else of this company."""
    model = database.execute(
        "SELECT lead_id, id FROM conversion_uploads WHERE company_id = %s ORDER BY created_at LIMIT 1", (company_id,)
    ).fetchone()
    assert model is not None
    with database.transaction():
        database.execute(COPIES.format(number=int(number)))
        _copy(database, "leads", model[0], {"id": "copies.lead_id"})
        changes = {"id": "copies.upload_id", "lead_id": "copies.lead_id", "transaction_id": "copies.key"}
        changes |= {"payload": PAYLOAD, "state": "'pending'", "reason": "''", "claim": "0", "attempts": "0"}
        changes |= {"unclear": "0", "polls": "0", "due_at": "now()", "settled_at": "NULL", "created_at": "now()"}
        _copy(database, "conversion_uploads", model[1], changes)
        _plan(database, model[1])
        database.execute("DROP TABLE copies")
    database.execute("ANALYZE leads, conversion_uploads, receipt_entries")


def clear(database: Connection, company_id: uuid.UUID) -> None:
    """All but the oldest; their leads stay."""
    database.execute(
        "DELETE FROM conversion_uploads WHERE company_id = %s AND id <> (SELECT id FROM conversion_uploads"
        " WHERE company_id = %s ORDER BY created_at LIMIT 1)",
        (company_id, company_id),
    )


def _plan(database: Connection, model: object) -> None:
    """Each receipt begins with the entry of its plan."""
    changes = {"id": "gen_random_uuid()", "upload_id": "copies.upload_id"}
    columns = _columns(database, "receipt_entries")
    chosen = ", ".join(changes.get(column, f"row.{column}") for column in columns)
    database.execute(
        f"INSERT INTO receipt_entries ({', '.join(columns)}) SELECT {chosen} FROM receipt_entries row, copies"  # noqa: S608
        " WHERE row.upload_id = %s AND row.position = 1",
        (model,),
    )


def _copy(database: Connection, table: str, model: object, changes: dict[str, str]) -> None:
    columns = _columns(database, table)
    chosen = ", ".join(changes.get(column, f"row.{column}") for column in columns)
    database.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} row, copies WHERE row.id = %s",  # noqa: S608
        (model,),
    )


def _columns(database: Connection, table: str) -> list[str]:
    rows = database.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
        " AND is_generated = 'NEVER'",
        (table,),
    )
    return [f'"{row[0]}"' if row[0] == "row" else str(row[0]) for row in rows]
