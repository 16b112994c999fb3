"""Remembering many small things that are cheaper to make together."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")


class Memory(Generic[Key, Made]):
    """Keeps what was made for the keys used last, at most so many.

    It forgets by halves: once the younger half is full, the older one goes and the younger takes its place. Threads
    may share it, since each step on a dict is whole; at worst a thing is made twice.
    """

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._young: dict[Key, Made] = {}
        self._old: dict[Key, Made] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def of(self, keys: Sequence[Key], make: Callable[[Sequence[Key]], Sequence[Made]]) -> list[Made]:
        """What belongs to each key; `make` is given those that are not known."""
        young, old = self._young, self._old
        found = [young.get(key) for key in keys]
        if None not in found:
            return found  # type: ignore[return-value] # the line above
        missing = [key for key, made in zip(keys, found, strict=True) if made is None]
        added = {key: made for key in missing if (made := old.get(key)) is not None}
        new = [key for key in dict.fromkeys(missing) if key not in added]
        if new:
            added.update(zip(new, make(new), strict=True))
        self._keep(added)
        return [added[key] if made is None else made for key, made in zip(keys, found, strict=True)]

    def _keep(self, made: dict[Key, Made]) -> None:
        if len(self._young) + len(made) > self._half:
            self._old, self._young = self._young, {}
        self._young.update(made)
