"""The floors: the least that the same answers cost with the same tools (WSGI, psycopg, Jinja2, granian).

No session, no tenancy, no validation, no CSRF, no headers and no navigation; the list reads the same leads through
the same indexes and shows the same table, the capture writes one row with the whole body and is durable before it
answers. They are what a good programmer writes first: values as the driver gives them, formatted in the template.
"""

import os
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import psycopg
from jinja2 import DictLoader, Environment
from markupsafe import Markup

from app.core.ids import new_id

Start = Callable[[str, list[tuple[str, str]]], Any]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Leads</title></head><body><h1>Leads</h1>
{% include "table" %}
</body></html>"""
_TABLE = """<table><thead><tr><th>Lead<th>Source<th>Stage<th>Value<th>Arrived</tr></thead><tbody>
{% for id, name, email, phone, channel, source, stage, value, currency, arrived, is_test in rows -%}
<tr><th scope=row><a href="/leads/{{ id }}">{{ name or email or phone }}</a>{% if is_test %} <b>Test</b>{% endif %}\
<small>{{ email }} · {{ phone }}</small><td><b>{{ channel }}</b><small>{{ source }}</small>\
<td><select name=stage aria-label=Stage hx-post="/leads/{{ id }}/stage-changes">{{ options[stage] }}</select>\
<td>{% if value is not none %}{{ "%.2f" % (value / 100) }} {{ currency }}{% endif %}\
<td title="{{ arrived.strftime("%d %b %Y, %H:%M") }}">{{ (now - arrived).days }} days ago
{% endfor -%}
</tbody></table>"""
_ROWS = """
SELECT id, name, email, phone, channel, source_words, stage_id, value_minor, currency, created_at, is_test
  FROM leads WHERE company_id = %(company)s {} ORDER BY created_at DESC, id DESC LIMIT 50"""
_STATEMENTS = {
    (False, False): _ROWS.format(""),
    (True, False): _ROWS.format("AND stage_id = %(stage)s"),
    (False, True): _ROWS.format("AND (created_at, id) < (%(at)s::timestamptz, %(id)s::uuid)"),
}
_INSERT = "INSERT INTO floor_inbox (id, site_key, body, received_at) VALUES (%s, %s, %s, now())"
CAPTURE_TABLE = """
CREATE TABLE floor_inbox (id uuid PRIMARY KEY, site_key text NOT NULL, body jsonb NOT NULL,
                          received_at timestamptz NOT NULL);
CREATE INDEX ON floor_inbox (received_at);
CREATE INDEX ON floor_inbox (site_key, received_at)"""


class Floor:
    """The WSGI application: GET /leads and POST /c/…"""

    def __init__(self, database_url: str, company_id: str) -> None:
        self._database_url = database_url
        self._company = company_id
        self._kept = threading.local()
        environment = Environment(autoescape=True, auto_reload=False)
        environment.loader = DictLoader({"page": _PAGE, "table": _TABLE})
        order = "SELECT id, name FROM stages WHERE company_id = %s ORDER BY position"
        environment.globals["options"] = _options(self._connection().execute(order, [company_id]).fetchall())
        self._page = environment.get_template("page")
        self._table = environment.get_template("table")

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            status, kind, body = "200 OK", "text/html; charset=utf-8", self._leads(environ)
        else:
            status, kind, body = "201 Created", "application/json", self._capture(environ)
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _leads(self, environ: dict[str, Any]) -> bytes:
        asked = dict(parse_qsl(environ["QUERY_STRING"]))
        statement = _STATEMENTS["stage" in asked, "at" in asked]
        rows = self._connection().execute(statement, {"company": self._company, **asked}, prepare=True).fetchall()
        template = self._table if "partial" in asked else self._page
        return template.render(rows=rows, now=datetime.now(UTC)).encode()

    def _capture(self, environ: dict[str, Any]) -> bytes:
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        row_id, site_key = new_id(), environ["PATH_INFO"].removeprefix("/c/")
        self._connection().execute(_INSERT, [row_id, site_key, raw.decode()], prepare=True)
        return b'{"id": "%s"}' % str(row_id).encode()

    def _connection(self) -> psycopg.Connection[Any]:
        """This thread's own. Each statement is a transaction: an INSERT is durable when it returns."""
        if not hasattr(self._kept, "connection"):
            self._kept.connection = psycopg.connect(self._database_url, autocommit=True)
        connection: psycopg.Connection[Any] = self._kept.connection
        return connection


def _options(stages: list[Any]) -> dict[Any, Markup]:
    """For each stage the options of the choice in which it is chosen: made once, since they hardly ever change."""
    option = Markup("<option{}>{}")
    return {
        chosen: Markup("").join(option.format(" selected" if each == chosen else "", name) for each, name in stages)
        for chosen, _ in stages
    }


def create() -> Floor:
    """For granian's --factory."""
    return Floor(os.environ["FLOOR_DATABASE_URL"], os.environ["FLOOR_COMPANY_ID"])
