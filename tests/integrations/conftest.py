"""Every test of an integration starts with a practice Google that knows nothing yet."""

import pytest

from sandbox import Practice


@pytest.fixture(autouse=True)
def _fresh(google: Practice) -> None:
    """`google` forgets everything when it is asked for."""
