"""The practice clock: real time, sped up, so that a verdict which takes half an hour can take seconds.

It governs only what Google does behind the scenes (when a verdict is due, how old a request is). Tokens keep
real time, because the clients that hold them do.
"""

import time

from sandbox.store import Store

MIN_SPEED, MAX_SPEED = 0.0, 1_000_000.0
MAX_ADVANCE_SECONDS = 366 * 86_400


class PracticeClock:
    """now() = practice time at the last change + real time since then x speed. Survives a restart."""

    def __init__(self, store: Store, speed: float | None = None) -> None:
        self._store = store
        if store.setting("clock") is None:
            self._save(time.time(), 1.0)
        if speed is not None:
            self.set_speed(speed)

    def now(self) -> float:
        """Practice time in seconds since 1970."""
        base_practice, base_real, speed = self._load()
        return base_practice + max(0.0, time.time() - base_real) * speed

    @property
    def speed(self) -> float:
        return self._load()[2]

    def set_speed(self, speed: float) -> None:
        if not MIN_SPEED <= speed <= MAX_SPEED:
            raise ValueError(f"speed must be between {MIN_SPEED:g} and {MAX_SPEED:g}")
        self._save(self.now(), speed)

    def advance(self, seconds: float) -> None:
        if not 0 <= seconds <= MAX_ADVANCE_SECONDS:
            raise ValueError(f"advance_seconds must be between 0 and {MAX_ADVANCE_SECONDS}")
        self._save(self.now() + seconds, self.speed)

    def _load(self) -> tuple[float, float, float]:
        base_practice, base_real, speed = (self._store.setting("clock") or "0 0 1").split()
        return float(base_practice), float(base_real), float(speed)

    def _save(self, practice: float, speed: float) -> None:
        self._store.set_setting("clock", f"{practice!r} {time.time()!r} {speed!r}")
