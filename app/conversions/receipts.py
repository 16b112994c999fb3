"""The receipt of an upload in words: what was sent, when, what Google said, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.conversions.models import ConversionUpload, ReceiptEntry
from app.conversions.outbox import is_open, is_sendable_again
from app.conversions.verdicts import Verdict, explain

_HEADLINES = {
    "pending": "Waiting to be sent",
    "sending": "Being sent to Google",
    "sent": "Sent, waiting for Google's answer",
    "accepted": "Accepted by Google",
    "rejected": "Not counted by Google",
    "waiting": "Will be sent again",
    "held": "On hold",
    "skipped": "Not sent",
    "parked": "Needs a look",
}
_TONES = {
    "accepted": "good",
    "held": "bad",
    "parked": "bad",
    "skipped": "neutral",
    "rejected": "bad",
}
_STEPS = {
    "planned": "Planned",
    "pending": "Back in the queue",
    "sending": "Being sent",
    "sent": "Sent to Google",
    "polled": "Asked Google for its answer",
    "waiting": "No final answer yet",
    "held": "Put on hold",
    "skipped": "Not sent",
    "accepted": "Google accepted it",
    "rejected": "Google did not count it",
    "parked": "Set aside",
}


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


def compose(upload: ConversionUpload, entries: Sequence[ReceiptEntry]) -> Receipt:
    """The receipt as it stands now. `entries` are the upload's own, the oldest first."""
    plan = next((entry.data for entry in entries if entry.kind == "planned"), {})
    verdict = explain(upload.reason) if upload.reason else Verdict("neutral", "")
    return Receipt(
        upload_id=str(upload.id),
        lead_id=str(upload.lead_id),
        state=upload.state,
        tone=tone(upload.state, upload.reason),
        headline=headline(upload.state, upload.reason),
        sentence=_sentence(upload.state, verdict),
        advice=verdict.advice if upload.state != "accepted" else "",
        action=plan.get("action", ""),
        account=plan.get("account", ""),
        is_open=is_open(upload.state),
        can_send_again=is_sendable_again(upload.state, upload.reason),
        request_id=upload.request_id,
        transaction_id=upload.transaction_id,
        next_at=upload.due_at if upload.state in ("waiting", "sent") else None,
        sent=_sent(upload.payload, plan),
        steps=[_step(entry) for entry in reversed(entries)],
    )


def headline(state: str, reason: str) -> str:
    """The state in a few words. A refusal that means nothing bad says so itself."""
    if state == "rejected" and reason and explain(reason).kind == "neutral":
        return "Already counted" if reason.startswith("DUPLICATE") else "Not from a Google ad"
    return _HEADLINES[state]


def tone(state: str, reason: str) -> str:
    """The colour's name: good, waiting, bad or neutral. What is normal is never shown as bad."""
    if state == "rejected" and reason and explain(reason).kind in ("neutral", "final"):
        return "neutral"
    return _TONES.get(state, "waiting")


def _sentence(state: str, verdict: Verdict) -> str:
    if state == "accepted":
        return "Google took this conversion and matches it with the click."
    if state == "sent" and not verdict.sentence:
        return "Google has it. The answer usually takes half an hour."
    if state in ("pending", "sending"):
        return "It goes out in a moment."
    return verdict.sentence


def _sent(payload: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Sent]:
    if not payload:
        return []
    event = payload["events"][0]
    lines = [
        Sent("Value", f"{event['conversionValue']:.2f} {event['currency']}"),
        Sent("Time of the conversion", event["eventTimestamp"]),
    ]
    lines += [Sent("Click id", value, name) for name, value in event.get("adIdentifiers", {}).items()]
    for identifier in event.get("userData", {}).get("userIdentifiers", ()):
        if "emailAddress" in identifier:
            lines.append(Sent("E-mail, as a hash", identifier["emailAddress"], plan.get("email_preview", "")))
        if "phoneNumber" in identifier:
            lines.append(Sent("Phone, as a hash", identifier["phoneNumber"], plan.get("phone_preview", "")))
    consent = event.get("consent", {})
    words = {"CONSENT_GRANTED": "yes", "CONSENT_DENIED": "no"}
    lines.append(Sent("Consent to use for advertising", words.get(consent.get("adUserData", ""), "not known")))
    lines.append(Sent("Transaction id", event["transactionId"], "the same at every try, so that Google counts once"))
    return lines


def _step(entry: ReceiptEntry) -> Step:
    data = entry.data
    reason = data.get("reason", "")
    words = explain(reason).sentence if reason and entry.kind != "accepted" else ""
    if entry.kind == "planned":
        words = f"The lead reached “{data.get('stage', '')}”, which is reported as “{data.get('action', '')}”."
    elif entry.kind == "sent" and data.get("again"):
        words = "The same was sent again; Google counts it once."
    elif entry.kind == "polled" and not reason:
        words = "Google is still looking at it."
    elif entry.kind == "pending" and data.get("by_hand"):
        words = "Someone in your company asked to send it again."
    return Step(entry.at, _STEPS[entry.kind], words, tone(entry.kind, reason) if entry.kind != "planned" else "neutral")
