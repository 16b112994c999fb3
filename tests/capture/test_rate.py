"""How much may be sent."""

import time_machine

from app.capture.rate import RateLimit


def test_each_address_and_each_site_has_its_bound() -> None:
    rate = RateLimit(per_site=3, per_address=2)
    assert [bool(rate.wait("site", "a")) for _ in range(3)] == [False, False, True]
    assert [bool(rate.wait("site", "b")) for _ in range(2)] == [False, True]
    assert not rate.wait("other", "c")


def test_a_refused_address_uses_up_nothing_of_its_site() -> None:
    rate = RateLimit(per_site=2, per_address=1)
    for _ in range(10):
        rate.wait("site", "a")
    assert not rate.wait("site", "b")


def test_it_ends_with_the_minute() -> None:
    rate = RateLimit(per_site=1, per_address=1)
    with time_machine.travel(0, tick=False) as clock:
        rate.wait("site", "a")
        wait = rate.wait("site", "a")
        assert 1 <= wait <= 60
        clock.shift(wait)
        assert rate.wait("site", "a") == 0
