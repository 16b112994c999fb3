"""How a call went, from messages in any order: each fact only ever grows, so the order does not matter.

1. A call that is over stays over. 2. That somebody picked up counts more than that one telephone rang in vain, and that
counts more than not knowing. 3. A call that is over was answered, unless something says that nobody picked up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    is_over: bool = False
    was_answered: bool | None = None
    seconds: int | None = None

    @property
    def outcome(self) -> str:
        """open, answered or missed."""
        if not self.is_over:
            return "open"
        return "missed" if self.was_answered is False else "answered"


def merged(one: Facts, other: Facts) -> Facts:
    """What both together say."""
    answers = (one.was_answered, other.was_answered)
    lengths = [facts.seconds for facts in (one, other) if facts.seconds is not None]
    return Facts(
        is_over=one.is_over or other.is_over,
        was_answered=True if True in answers else False if False in answers else None,
        seconds=max(lengths, default=None),
    )
