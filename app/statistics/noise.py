"""Noise with a proof: OpenDP's discrete Laplace mechanism.

Whoever sees the noisy sums can tell only so much better than before whether some company took part (by a factor of e to
the epsilon), whatever else they know. Imported by the publishing job alone: the library is large.
"""

from collections.abc import Sequence

import opendp.prelude as dp

dp.enable_features("contrib")


def noisy(sums: Sequence[int], *, bound: int, epsilon: float) -> list[int]:
    """The sums, each with noise. `bound`: by how much one company can change all of them together."""
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    mechanism = dp.m.make_laplace(*space, scale=bound / epsilon)
    if mechanism.map(bound) > epsilon:  # type: ignore[no-untyped-call] # OpenDP declares no types here
        raise ArithmeticError("this noise hides less than it should")
    return list(mechanism(list(sums)))
