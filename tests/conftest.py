"""What every test may use. Fixtures of one feature live in that feature's own conftest."""

import pytest

pytest_plugins = [
    "tests.servers",
    "tests.browsers",
    "tests.fixtures.google",
    "tests.fixtures.application",
    "tests.fixtures.people",
    "tests.fixtures.statements",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives Chromium (skipped where it is missing, unless CI=true)")
    config.addinivalue_line("markers", "slow: takes seconds, not milliseconds")
