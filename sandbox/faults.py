"""Faults that can be switched on: Google down, slow, refusing, or dropping the line after its work.

How Google names the guilty row of a refused request is uncertain too: by its number, or not at all (`rows`: `unnamed`).

Google's answer to a transaction id that it knows is uncertain: it overwrites (as its guide says), or it refuses the
event as a duplicate (`known_id`: `duplicate`). Uploads through the Google Ads API are `closed` to all who did not use
them in time.
"""

import threading

from sandbox.store import Store
from sandbox.web import NoAnswerError

CHOICES: dict[str, tuple[str, ...]] = {
    "ingest": ("none", "down", "slow", "cut", "429", "500"),
    "rows": ("none", "unnamed"),
    "token": ("none", "down"),
    "revoke": ("none", "down"),
    "status": ("none", "down"),
    "known_id": ("none", "duplicate"),
    "ads": ("none", "down", "quota", "forbidden", "scopeless"),
    "ads_uploads": ("none", "closed", "cut", "slow"),
}


class Faults:
    """Kept in the store: a fault stays on over a restart until it is switched off."""

    def __init__(self, store: Store, slow_seconds: float, stopping: threading.Event) -> None:
        self._store, self._slow_seconds, self._stopping = store, slow_seconds, stopping

    def current(self) -> dict[str, str]:
        return {part: self.of(part) for part in CHOICES}

    def of(self, part: str) -> str:
        return self._store.setting(f"fault.{part}") or "none"

    def switch(self, wanted: dict[str, str]) -> None:
        """All of the changes or none. Raises ValueError for an unknown part or fault."""
        for part, fault in wanted.items():
            if part not in CHOICES or fault not in CHOICES[part]:
                raise ValueError(f"unknown fault {part!r}: {fault!r}; choices are {CHOICES}")
        for part, fault in wanted.items():
            self._store.set_setting(f"fault.{part}", fault)

    def stop_if_down(self, part: str) -> None:
        if self.of(part) == "down":
            raise NoAnswerError

    def wait_slowly(self) -> None:
        self._stopping.wait(self._slow_seconds)
