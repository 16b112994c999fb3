"""A Valkey that takes connections and never answers."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

PROGRAM = """
import time, wsgi
wsgi.app.config["WTF_CSRF_ENABLED"] = False
browser = wsgi.app.test_client()
began = time.monotonic()
for _ in range(3):
    sent = browser.post("/sign-in", data={"email": "a@b.example", "password": "x"}, base_url="http://127.0.0.1:8000")
    assert sent.status_code == 422, sent.status_code
print(time.monotonic() - began)
"""


@pytest.mark.slow
def test_a_sign_in_is_answered_all_the_same(database_url: str, repository: Path) -> None:
    """In a process of its own, since a process has one rate limiter. Without a bound the answers take 20 seconds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "REDIS_URL": f"redis://127.0.0.1:{silent.getsockname()[1]}",
            "SECRET_KEY": "hanging" * 8,
            "LEADER_MASTER_KEYS": Fernet.generate_key().decode(),
            "LOG_LEVEL": "ERROR",
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=repository, env=environment, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 5
