"""The receipt of an upload in words: what was sent, when, what Google said, and what to do."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.conversions.chain import first_break
from app.conversions.models import ConversionUpload, ReceiptEntry
from app.conversions.outbox import is_open, is_sendable_again
from app.conversions.trying import ANSWERED_WITHIN
from app.conversions.verdict import Verdict
from app.conversions.verdicts import explain
from app.core.clock import utc_now
from app.core.words import gettext
from app.core.words import lazy_gettext as _

UPLOADED_AS_FILE = "UPLOADED_AS_FILE"
"""The reason of what a member uploaded by hand: Google's verdict is not told to Leader."""

_HEADLINES = {
    "pending": _("Waiting to be sent"),
    "sending": _("Being sent to Google"),
    "sent": _("Sent, waiting for Google's answer"),
    "accepted": _("Accepted by Google"),
    "rejected": _("Not counted by Google"),
    "waiting": _("Will be sent again"),
    "held": _("On hold"),
    "skipped": _("Not sent"),
    "parked": _("Needs a look"),
}
_TONES = {
    "accepted": "good",
    "held": "bad",
    "parked": "bad",
    "skipped": "neutral",
    "rejected": "bad",
    "kept": "neutral",
}
_STEPS = {
    "planned": _("Planned"),
    "pending": _("Back in the queue"),
    "sending": _("Being sent"),
    "sent": _("Sent to Google"),
    "polled": _("Asked Google for its answer"),
    "waiting": _("No final answer yet"),
    "held": _("Put on hold"),
    "skipped": _("Not sent"),
    "accepted": _("Google accepted it"),
    "rejected": _("Google did not count it"),
    "parked": _("Set aside"),
    "kept": _("Stays at Google"),
    "filed": _("Put into a file for Google"),
    "file_uploaded": _("Uploaded to Google as a file"),
    "trying": _("Being tried out"),
    "checked": _("Tried out with Google"),
}
CHANGES = {
    "VALUE_CHANGED": _("The value of the lead changed, so Google is told the new one."),
    "STAGE_REACHED_AGAIN": _("The lead is back in the stage, so Google is told its value again."),
    "STAGE_REOPENED": _(
        "The sale was taken back. Google has no way for Leader to take a conversion back, so its value is set to 0; "
        "Google goes on counting one conversion. A file takes it back whole: see Conversions, Files for Google."
    ),
    "SPAM_LEAD": _(
        "The lead is spam after all. Google has no way for Leader to take a conversion back, so its value is set to 0; "
        "Google goes on counting one conversion. A file takes it back whole: see Conversions, Files for Google."
    ),
}
"""Why a version after the first was made, and what it does."""


@dataclass(frozen=True)
class Sent:
    """One value that goes to Google. `note` says how it is protected or where it came from."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Step:
    at: datetime
    title: str
    words: str
    tone: str


@dataclass(frozen=True)
class Receipt:
    upload_id: str
    lead_id: str
    mapping_id: uuid.UUID
    state: str
    tone: str
    headline: str
    sentence: str
    advice: str
    action: str
    account: str
    is_open: bool
    can_send_again: bool
    request_id: str
    transaction_id: str
    next_at: datetime | None
    sent: Sequence[Sent]
    steps: Sequence[Step]
    version: int
    change: str
    """Why this version was made, in words; empty for the first."""
    deadline: datetime | None
    can_cancel: bool
    can_send_now: bool
    can_try_out: bool
    broken_at: int | None
    """The entry at which the chain breaks; None while it is intact."""


def compose(upload: ConversionUpload, entries: Sequence[ReceiptEntry], *, can_try_out: bool) -> Receipt:
    """The receipt as it stands now. `entries` are the upload's own, the oldest first."""
    plan = next((entry.data for entry in reversed(entries) if entry.kind == "planned"), {})
    verdict = explain(upload.reason) if upload.reason else Verdict("neutral", "")
    return Receipt(
        upload_id=str(upload.id),
        lead_id=str(upload.lead_id),
        mapping_id=upload.mapping_id,
        state=upload.state,
        tone=tone(upload.state, upload.reason),
        headline=headline(upload.state, upload.reason),
        sentence=_sentence(upload.state, verdict),
        advice=str(verdict.advice) if upload.state != "accepted" else "",
        action=plan.get("action", ""),
        account=plan.get("account", ""),
        is_open=is_open(upload.state) or _is_tried_out(entries),
        can_send_again=is_sendable_again(upload.state, upload.reason),
        request_id=upload.request_id,
        transaction_id=upload.transaction_id,
        next_at=upload.due_at if upload.state in ("waiting", "sent") else None,
        sent=_sent(upload.payload, plan),
        steps=[_step(entry) for entry in reversed(entries)],
        version=upload.version,
        change=str(CHANGES.get(upload.change, "")),
        deadline=upload.deadline_at if is_open(upload.state) or upload.state == "parked" else None,
        can_cancel=upload.state in ("pending", "waiting", "held") and upload.unclear == 0,
        can_send_now=upload.state == "waiting",
        can_try_out=can_try_out,
        broken_at=first_break(entries),
    )


def _is_tried_out(entries: Sequence[ReceiptEntry]) -> bool:
    """True while an answer to a trial may still come."""
    return bool(entries) and entries[-1].kind == "trying" and utc_now() - entries[-1].at < ANSWERED_WITHIN


def headline(state: str, reason: str) -> str:
    """The state in a few words. A refusal that means nothing bad says so itself."""
    if state == "rejected" and reason and explain(reason).kind == "neutral":
        is_known = "DUPLICATE" in reason or "ALREADY" in reason or "MORE_RECENT" in reason
        return str(gettext("Already counted") if is_known else gettext("Not from a Google ad"))
    if reason == UPLOADED_AS_FILE:
        return str(gettext("Uploaded as a file"))
    return str(_HEADLINES[state])


def tone(state: str, reason: str) -> str:
    """The colour's name: good, waiting, bad or neutral. What is normal is never shown as bad."""
    if state == "rejected" and reason and explain(reason).kind in ("neutral", "final"):
        return "neutral"
    return "good" if reason == UPLOADED_AS_FILE else _TONES.get(state, "waiting")


def _sentence(state: str, verdict: Verdict) -> str:
    if state == "accepted":
        return str(gettext("Google took this conversion and matches it with the click."))
    if state == "sent" and not verdict.sentence:
        return str(gettext("Google has it. The answer usually takes half an hour."))
    if state in ("pending", "sending"):
        return str(gettext("It goes out in a moment."))
    return str(verdict.sentence)


def _sent(payload: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Sent]:
    if not payload:
        return []
    event = payload["events"][0]
    lines = [
        Sent(gettext("Value"), f"{event['conversionValue']:.2f} {event['currency']}"),
        Sent(gettext("Time of the conversion"), event["eventTimestamp"]),
    ]
    lines += [Sent(gettext("Click id"), value, name) for name, value in event.get("adIdentifiers", {}).items()]
    for identifier in event.get("userData", {}).get("userIdentifiers", ()):
        if "emailAddress" in identifier:
            lines.append(Sent(gettext("E-mail, as a hash"), identifier["emailAddress"], plan.get("email_preview", "")))
        if "phoneNumber" in identifier:
            lines.append(Sent(gettext("Phone, as a hash"), identifier["phoneNumber"], plan.get("phone_preview", "")))
    consent = event.get("consent", {})
    words = {"CONSENT_GRANTED": gettext("yes"), "CONSENT_DENIED": gettext("no")}
    lines.append(
        Sent(gettext("Consent to use for advertising"), words.get(consent.get("adUserData", ""), gettext("not known")))
    )
    lines.append(
        Sent(
            gettext("Transaction id"),
            event["transactionId"],
            gettext("the same at every try, so that Google counts once"),
        )
    )
    return lines


def _step(entry: ReceiptEntry) -> Step:
    is_plain = entry.kind in ("planned", "trying", "checked", "filed", "file_uploaded")
    colour = "neutral" if is_plain else tone(entry.kind, entry.data.get("reason", ""))
    return Step(entry.at, str(_STEPS[entry.kind]), _words(entry), colour)


def _words(entry: ReceiptEntry) -> str:
    data, reason = entry.data, entry.data.get("reason", "")
    if entry.kind == "planned" and data.get("change") in CHANGES:
        return str(CHANGES[data["change"]])
    if entry.kind == "planned":
        words = _("The lead reached “%(stage)s”, which is reported as “%(action)s”.")
        return str(words) % {"stage": data.get("stage", ""), "action": data.get("action", "")}
    if entry.kind in ("filed", "file_uploaded"):
        return str(gettext("By %(name)s.", name=data.get("by", "")))
    if entry.kind == "checked":
        return str(explain(reason).sentence) if reason else gettext("Google would take it as it is.")
    if entry.kind == "sent" and data.get("again"):
        return str(gettext("The same was sent again; Google counts it once."))
    if entry.kind == "polled" and not reason:
        return str(gettext("Google is still looking at it."))
    if entry.kind == "pending" and data.get("by_hand"):
        return str(gettext("Someone in your company asked to send it again."))
    return str(explain(reason).sentence) if reason and entry.kind != "accepted" else ""
