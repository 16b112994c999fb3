"""Reads the part of the Google Ads Query Language that the practice Google answers.

SELECT fields FROM resource [WHERE field op value AND …] [ORDER BY field [ASC|DESC], …] [LIMIT n]
[PARAMETERS …]
"""

import re
from dataclasses import dataclass

from sandbox.ads.failures import bad_query

MAX_QUERY = 20_000
FIELD = r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+"
VALUE = r"'[^'\n]*'|\"[^\"\n]*\"|[A-Za-z0-9_.+-]+"
QUERY = re.compile(
    rf"\s*SELECT\s+(?P<select>{FIELD}(?:\s*,\s*{FIELD})*)\s+FROM\s+(?P<resource>[a-z_]+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+ORDER\s+BY\s+(?P<order>.+?))?(?:\s+LIMIT\s+(?P<limit>\S+))?"
    r"(?:\s+PARAMETERS\s+(?P<parameters>.+?))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
BETWEEN = re.compile(
    rf"\s*(?P<field>{FIELD})\s+BETWEEN\s+(?P<first>{VALUE})\s+AND\s+(?P<last>{VALUE})\s*", re.IGNORECASE
)
CONDITION = re.compile(
    rf"\s*(?P<field>{FIELD})\s*(?P<operator>!=|<=|>=|=|<|>|\bNOT\s+IN\b|\bIN\b)"
    rf"\s*(?P<value>\(\s*(?:{VALUE})(?:\s*,\s*(?:{VALUE}))*\s*\)|{VALUE})\s*",
    re.IGNORECASE,
)
ORDERING = re.compile(rf"\s*(?P<field>{FIELD})(?:\s+(?P<direction>ASC|DESC))?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    fields: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None

    def mentioned(self) -> tuple[str, ...]:
        """Every field of the query, wherever it stands."""
        return (
            *self.fields,
            *(c.field for c in self.conditions),
            *(field for field, _descending in self.order),
        )


def parse(text: str) -> Query:
    """Raises AdsError (INVALID_ARGUMENT, query_error) for what it cannot read."""
    match = QUERY.fullmatch(text) if len(text) <= MAX_QUERY else None
    if match is None:
        raise bad_query("UNEXPECTED_INPUT", "Error in query: the practice Google cannot read this query.")
    return Query(
        tuple(field.strip() for field in match["select"].split(",")),
        match["resource"],
        tuple(_conditions(match["where"])) if match["where"] else (),
        tuple(_ordering(part) for part in match["order"].split(",")) if match["order"] else (),
        _limit(match["limit"]) if match["limit"] else None,
    )


def _conditions(text: str) -> list[Condition]:
    found: list[Condition] = []
    position = 0
    while True:
        position, conditions = _condition(text, position)
        found += conditions
        if position == len(text):
            return found
        joined = re.compile(r"AND\b", re.IGNORECASE).match(text, position)
        if joined is None:
            raise bad_query("EXPECTED_AND", f"Conditions are joined by AND; found: {text[position : position + 60]}")
        position = joined.end()


def _condition(text: str, position: int) -> tuple[int, list[Condition]]:
    """The condition that begins there, and where it ends. A span is a condition for each of its ends."""
    span = BETWEEN.match(text, position)
    if span is not None:
        first, last = (span[name].strip("'\"") for name in ("first", "last"))
        return span.end(), [Condition(span["field"], ">=", (first,)), Condition(span["field"], "<=", (last,))]
    match = CONDITION.match(text, position)
    if match is None:
        raise bad_query("BAD_OPERATOR", f"Error in WHERE clause near: {text[position : position + 60]}")
    operator = " ".join(match["operator"].upper().split())
    values = tuple(value.strip("'\"") for value in re.findall(VALUE, match["value"]))
    if operator.endswith("IN") != match["value"].startswith("("):
        raise bad_query("EXPECTED_LIST", f"{operator} does not fit the value given for {match['field']}.")
    return match.end(), [Condition(match["field"], operator, values)]


def _ordering(text: str) -> tuple[str, bool]:
    match = ORDERING.fullmatch(text)
    if match is None:
        raise bad_query("UNEXPECTED_INPUT", f"Error in ORDER BY clause near: {text[:60]}")
    return match["field"], (match["direction"] or "").upper() == "DESC"


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:12]) < 1:
        raise bad_query("BAD_LIMIT_VALUE", "The limit must be a whole number above zero.")
    return int(text[:12])
