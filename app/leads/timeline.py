"""What happened to a lead, in plain words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.events import Event
from app.core.words import gettext as _
from app.core.words import lazy_gettext, listed
from app.leads.gates import StageRow
from app.leads.models import Note

_FIELDS = {
    "name": lazy_gettext("name"),
    "email": lazy_gettext("e-mail address"),
    "phone": lazy_gettext("phone number"),
    "value_minor": lazy_gettext("value"),
}
_TONES = {"won": "good", "lost": "bad"}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; `text` is a note's body."""

    title: str
    icon: str
    tone: str
    at: datetime
    text: str = ""


def entries(events: Iterable[Event], notes: Mapping[str, Note], stages: Iterable[StageRow]) -> list[Entry]:
    """The events that a reader of the lead's page cares about, in the order given. Events of a type that has
    no words here are left out: they have a panel of their own."""
    kinds = {str(stage.id): stage.kind for stage in stages}
    told = []
    for event in events:
        tell = _TELLERS.get(event.type)
        if tell is not None:
            told.append(tell(event, notes, kinds))
    return told


def _arrived(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("The lead arrived"), "inbox", "info", event.at)


def _moved(event: Event, _notes: Mapping[str, Note], kinds: Mapping[str, str]) -> Entry:
    tone = _TONES.get(kinds.get(str(event.data.get("to_stage_id")), ""), "neutral")
    words = _(
        "%(who)s moved it from %(before)s to %(now)s",
        who=_who(event),
        before=event.data.get("from"),
        now=event.data.get("to"),
    )
    return Entry(words, "trophy" if tone == "good" else "flag", tone, event.at)


def _noted(event: Event, notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    note = notes.get(str(event.data.get("note_id")))
    words = _("%(who)s wrote a note", who=_who(event))
    return Entry(words, "sticky-note", "neutral", event.at, note.body if note else "")


def _corrected(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    names = listed([str(_FIELDS[name]) for name in event.data.get("fields", ()) if name in _FIELDS])
    words = _("%(who)s changed the %(fields)s", who=_who(event), fields=names)
    return Entry(words, "pencil", "neutral", event.at, _before_and_now(event))


def _fields_changed(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    changes = event.data.get("changes", ())
    words = _("%(who)s changed the %(fields)s", who=_who(event), fields=listed([str(name) for name, *_rest in changes]))
    lines = [_("%(before)s → %(now)s", before=before or "–", now=now or "–") for _name, before, now in changes]
    return Entry(words, "pencil", "neutral", event.at, "\n".join(lines))


def _before_and_now(event: Event) -> str:
    """One line for each field: what it said before and what it says since. Values are amounts in minor units."""
    changes: Mapping[str, list[object]] = event.data.get("changes", {})
    return "\n".join(
        _("%(before)s → %(now)s", before=before or "–", now=now or "–")
        for name, (before, now) in changes.items()
        if name in _FIELDS and name != "value_minor"
    )


def _restricted(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s froze this lead", who=_who(event)), "lock", "waiting", event.at)


def _released(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s lifted the freeze", who=_who(event)), "circle-check", "neutral", event.at)


def _consent_withdrawn(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    words = _("%(who)s recorded that the person withdrew consent", who=_who(event))
    return Entry(words, "ban", "waiting", event.at)


def _packed(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s took out what is held about this person", who=_who(event)), "download", "neutral", event.at)


def _assigned(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    name = event.data.get("name")
    words = (
        _("%(who)s gave it to %(name)s", who=_who(event), name=name)
        if name
        else _("%(who)s gave it to nobody", who=_who(event))
    )
    return Entry(words, "user", "neutral", event.at)


def _marked_spam(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s took it for spam", who=_who(event)), "ban", "bad", event.at)


def _restored(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s found that it is no spam", who=_who(event)), "check", "good", event.at)


def _answered(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s got back to them", who=_who(event)), "phone", "good", event.at)


def _judged(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    words = {
        "yes": _("%(who)s found it worth a quote", who=_who(event)),
        "no": _("%(who)s found it not worth a quote", who=_who(event)),
    }.get(str(event.data.get("quotable")), _("%(who)s left open whether it is worth a quote", who=_who(event)))
    return Entry(words, "target", "neutral", event.at)


def _loss_explained(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    words = _("%(who)s said why it was lost: %(reason)s", who=_who(event), reason=event.data.get("reason") or "–")
    return Entry(words, "flag", "neutral", event.at)


def _tagged(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(
        _("%(who)s added the tag “%(tag)s”", who=_who(event), tag=event.data.get("tag")), "tag", "neutral", event.at
    )


def _untagged(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    words = _("%(who)s took the tag “%(tag)s” off", who=_who(event), tag=event.data.get("tag"))
    return Entry(words, "tag", "neutral", event.at)


def _planned(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    words = _("%(who)s planned: %(title)s", who=_who(event), title=event.data.get("title"))
    return Entry(words, "calendar", "neutral", event.at)


def _task_done(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    words = _("%(who)s did: %(title)s", who=_who(event), title=event.data.get("title"))
    return Entry(words, "circle-check", "good", event.at)


def _task_reopened(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    words = _("%(who)s has still to do: %(title)s", who=_who(event), title=event.data.get("title"))
    return Entry(words, "circle", "neutral", event.at)


def _call_answered(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("They called, and somebody spoke with them"), "phone", "good", event.at)


def _call_missed(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("They called, and nobody picked up"), "phone", "bad", event.at)


def _call_made(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("You called and spoke with them"), "phone", "good", event.at)


def _call_in_vain(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("You called, and they did not pick up"), "phone", "neutral", event.at)


def _recording_kept(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("The recording of a call came in"), "phone", "neutral", event.at)


def _recording_heard(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s listened to a recording", who=_who(event)), "eye", "neutral", event.at)


def _recording_deleted(event: Event, _notes: Mapping[str, Note], _kinds: Mapping[str, str]) -> Entry:
    return Entry(_("%(who)s deleted a recording", who=_who(event)), "trash-2", "neutral", event.at)


def _who(event: Event) -> str:
    return event.actor_name or "Leader"


_TELLERS: Mapping[str, Callable[[Event, Mapping[str, Note], Mapping[str, str]], Entry]] = {
    "lead.arrived": _arrived,
    "lead.stage_changed": _moved,
    "lead.note_added": _noted,
    "lead.corrected": _corrected,
    "lead.fields_changed": _fields_changed,
    "lead.restricted": _restricted,
    "lead.released": _released,
    "lead.consent_withdrawn": _consent_withdrawn,
    "lead.pack_made": _packed,
    "lead.assigned": _assigned,
    "lead.marked_spam": _marked_spam,
    "lead.restored": _restored,
    "lead.answered": _answered,
    "lead.judged": _judged,
    "lead.loss_explained": _loss_explained,
    "lead.tagged": _tagged,
    "lead.untagged": _untagged,
    "lead.call_answered": _call_answered,
    "lead.call_missed": _call_missed,
    "lead.call_made": _call_made,
    "lead.call_in_vain": _call_in_vain,
    "lead.recording_kept": _recording_kept,
    "lead.recording_heard": _recording_heard,
    "lead.recording_deleted": _recording_deleted,
    "lead.task_planned": _planned,
    "lead.task_done": _task_done,
    "lead.task_reopened": _task_reopened,
}
