"""Remembering many small things."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from app.core.memory import Memory


class Maker:
    """Doubles numbers, and tells for which it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, keys: Sequence[int]) -> list[int]:
        self.asked += keys
        return [2 * key for key in keys]


def test_what_is_known_is_not_made_again() -> None:
    memory, make = Memory[int, int](8), Maker()
    assert memory.of([1, 2, 1], make) == [2, 4, 2]
    assert memory.of([2, 3], make) == [4, 6]
    assert make.asked == [1, 2, 3]


def test_what_is_used_stays_and_what_is_not_goes() -> None:
    memory, make = Memory[int, int](8), Maker()
    memory.of([0], make)
    for number in range(1, 40):
        memory.of([0, number], make)
    assert make.asked == list(range(40))
    memory.of([1], make)
    assert make.asked[-1] == 1


@given(st.lists(st.lists(st.integers(0, 30), max_size=20), max_size=20), st.integers(2, 20))
def test_it_always_answers_right_and_stays_small(asked: list[list[int]], most: int) -> None:
    memory = Memory[int, int](most)
    for keys in asked:
        assert memory.of(keys, Maker()) == [2 * key for key in keys]
        assert len(memory) <= max(most, 2 * max(map(len, asked)))
