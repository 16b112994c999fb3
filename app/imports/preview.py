"""Before it begins: the columns as they are chosen, and what would become of the first lines."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.companies.models import Company
from app.imports import receiving, taking
from app.imports.fields import FIELDS
from app.imports.lines import Refused
from app.imports.models import LeadImport
from app.imports.rows import Person

MOST_LEADS = 5
MOST_REFUSED = 5
LOOKED_AT = 200


@dataclass(frozen=True)
class Looked:
    """What the first lines say. `examples`: what stands below each heading."""

    examples: list[str]
    people: list[Person]
    refused: list[Refused]
    made: int
    lines: int


def choose(taken: LeadImport, typed: Mapping[str, str]) -> None:
    """Take over what the form says; what it does not know is nothing. An import that was begun is left alone."""
    if taken.state != "read":
        return
    chosen = [typed.get(f"column-{place}", "") for place in range(len(taken.heading))]
    taken.fields = [field if field in FIELDS else "" for field in chosen]
    taken.is_month_first = typed.get("is_month_first") == "yes"
    taken.keeps_doubles = typed.get("keeps_doubles") == "yes"
    taken.is_waiting = typed.get("is_waiting") == "yes"


def look(session: Session, taken: LeadImport, company: Company) -> Looked:
    """The first lines as they would come in. Nothing is written."""
    lines = receiving.first_lines(session, taken)[:LOOKED_AT]
    plan = taking.plan(session, taken, company)
    made, refused = taking.read_lines(session, lines, plan, keeps_doubles=taken.keeps_doubles)
    return Looked(
        examples=[_example([line.cells for line in lines], place) for place in range(len(taken.heading))],
        people=[one.person for one in made[:MOST_LEADS]],
        refused=refused[:MOST_REFUSED],
        made=len(made),
        lines=len(lines),
    )


def _example(rows: list[list[str]], place: int) -> str:
    """The first cell of the column that holds something, cut short."""
    cell = next((row[place].strip() for row in rows if len(row) > place and row[place].strip()), "")
    return cell if len(cell) <= 60 else cell[:59] + "…"
