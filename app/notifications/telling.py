"""Telling of an event: a row at the bell and a mail for each member whom it concerns and who wants it, in the event's
own transaction. An address that nobody has confirmed gets no mail, so that nobody can be flooded through us."""

from typing import Any

from sqlalchemy.orm import Session

from app.core import tenancy
from app.core.events import Event
from app.leads.models import Lead
from app.mailing import outbox
from app.notifications import kinds, queries
from app.notifications.kinds import Kind
from app.notifications.models import Notification
from app.notifications.queries import Person

MAILS_AN_HOUR = 20
"""Of one kind to one person: a flood of leads is told at the bell and in the digest."""


def tell_for_event(session: Session, event: Event) -> None:
    """Nothing is told of spam, of demonstration leads, or of anything in an import."""
    kind = kinds.BY_EVENT[event.type]
    lead = session.get(Lead, (tenancy.company_of(session), event.lead_id)) if event.lead_id else None
    if (lead is not None and (lead.is_spam or lead.is_demo)) or event.data.get("is_quiet"):
        return
    for person in queries.people(session):
        if kind.concerns(event, person) and _may_see(person, event, lead):
            _tell(session, event, kind, person, lead)


def _may_see(person: Person, event: Event, lead: Lead | None) -> bool:
    """Who sees their own leads alone is told of those alone."""
    return not person.sees_own_only or event.lead_id is None or (lead is not None and lead.owner_id == person.user_id)


def _tell(session: Session, event: Event, kind: Kind, person: Person, lead: Lead | None) -> None:
    wants_mail = person.is_confirmed and kind.key not in person.no_mail
    if kind.key in person.no_bell and not wants_mail:
        return
    if wants_mail and queries.told_lately(session, person.user_id, kind.key) < MAILS_AN_HOUR:
        _mail(session, event, kind, person, lead)
    note = Notification(user_id=person.user_id, event_id=event.id, kind=kind.key, lead_id=event.lead_id)
    note.data = {"title": event.data["title"]} if "title" in event.data else {}
    note.read_at = event.at if kind.key in person.no_bell else None
    session.add(note)
    session.flush()


def _mail(session: Session, event: Event, kind: Kind, person: Person, lead: Lead | None) -> None:
    values: dict[str, Any] = {"reader": person.name, "by": event.actor_name, "title": event.data.get("title", "")}
    values["path"] = f"/leads/{lead.id}" if lead else "/connections"
    if lead:
        values |= {"name": lead.name, "phone": lead.phone, "email": lead.email, "source": lead.source_words}
        values["dial"] = lead.phone_e164 or lead.phone
    key = person.unsubscribe_key
    unsubscribe = f"/unsubscribe/{key}/{kind.key}" if key else ""
    to = {"to": person.email, "language": person.language, "unsubscribe": unsubscribe}
    outbox.post(session, kind.template, **to, **values)
