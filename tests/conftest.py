"""What every test may use. Fixtures of one feature live in that feature's own conftest."""

import os

import pytest

# The practice Google's gRPC server lives in the test process, whose forked children (servers that are about to be
# started, workers that are about to be killed) never use gRPC: its own preparations for a fork only get in their way.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

pytest_plugins = [
    "tests.servers",
    "tests.browsers",
    "tests.fixtures.google",
    "tests.fixtures.application",
    "tests.fixtures.mail",
    "tests.fixtures.people",
    "tests.fixtures.statements",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives Chromium (skipped where it is missing, unless CI=true)")
    config.addinivalue_line("markers", "slow: takes seconds, not milliseconds")
