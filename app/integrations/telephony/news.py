"""What a provider's message says about a call: the same shape for every provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hook:
    """A message as it arrived. `url` is the public address that the provider called, with its query."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class RecordingNews:
    """What a message says of a recording. Without a `url` there is nothing to fetch (yet)."""

    external_id: str
    url: str = ""
    account: str = ""
    """Of the company at the provider, which is asked for when the recording is fetched or deleted."""
    seconds: int | None = None
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class CallNews:
    """One message about one call. Empty texts and None mean that it does not say.

    A leg is a part of another call, such as the ringing of one telephone: it tells only whether somebody picked up.
    """

    external_id: str
    is_leg: bool = False
    direction: str = ""
    """`inbound` or `outbound`; empty for a leg."""
    caller: str = ""
    called: str = ""
    name: str = ""
    """What the caller is called, as far as the provider knows."""
    is_over: bool = False
    is_answered: bool | None = None
    seconds: int | None = None
    at: datetime | None = None
    """When the call began or, where that is not said, when this was so."""
    landing_page: str = ""
    referrer: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    click_ids: Mapping[str, str] = field(default_factory=dict)
    is_test: bool = False
    is_announced: bool = False
    """The caller was told of the recording."""
    recording: RecordingNews | None = None
    is_of_recording: bool = False
    """It tells of a recording only, and nothing of who called."""
