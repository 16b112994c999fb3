"""What both of Google's interfaces for conversions have in common: a parcel goes out, an outcome comes back.

Where verdicts come later (Data Manager), `Sent.verdicts` is None and `ask` tells them for the whole request; where they
come at once (Google Ads API), there is one for each event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.core.errors import PermanentError, RetryableError

MOST_EVENTS = 2_000
"""So many events Google takes in one request, through either interface."""


@dataclass(frozen=True)
class Parcel:
    """One request: the frozen events as JSON, and the frozen JSON around them, which is the same for all of them."""

    frame: str
    events: Sequence[str]

    def as_json(self) -> str:
        """The request as the Data Manager API takes it."""
        return f'{self.frame.rstrip()[:-1]},"events":[{",".join(self.events)}]}}'


@dataclass(frozen=True)
class Sent:
    """Google has it. `verdicts`: the reason of each event in its order, empty where it counts; None: ask later."""

    request_id: str
    verdicts: Sequence[str] | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a request: `processing`, `success` or `failed`, and then how many events for which reason."""

    state: str
    reasons: Mapping[str, int] = field(default_factory=dict)


class AccessEndedError(RetryableError):
    """Google no longer takes this access token: a fresh one may help."""


class WayClosedError(RetryableError):
    """Google takes no uploads through this interface from this installation: the other one is left."""


class RefusedError(PermanentError):
    """Google refuses the whole request. `rows`: the events that it named, if it did. `is_theirs`: the events may be to
    blame; otherwise it is the access or the destination, and no smaller request would fare better."""

    def __init__(self, sentence: str, *, reason: str, rows: Sequence[int] = (), is_theirs: bool = True) -> None:
        super().__init__(sentence, reason=reason)
        self.rows, self.is_theirs = tuple(rows), is_theirs


class Uploader(Protocol):
    """A line to Google for one connection.

    Both raise RetryableError when the outcome is unknown or Google is busy, RefusedError when Google refuses.
    """

    def send(self, parcel: Parcel) -> Sent: ...

    def ask(self, request_id: str) -> Answer: ...
