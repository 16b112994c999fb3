"""Settings that lead to the practice Google, without a database."""

from collections.abc import Iterator

import pytest
import requests
from cryptography.fernet import Fernet

from app.core.config import Settings
from sandbox import Practice


@pytest.fixture
def settings(google: Practice) -> Iterator[Settings]:
    requests.post(f"{google.http_url}/practice/api/reset", json={}, timeout=10)
    yield Settings(
        leader_env="test",
        database_url="postgresql:///unused",
        redis_url="redis://unused",
        secret_key="s" * 32,
        leader_master_keys=Fernet.generate_key().decode(),
        google_client_id=google.settings.client_id,
        google_client_secret=google.settings.client_secret,
        google_oauth_auth_uri=f"{google.http_url}/o/oauth2/v2/auth",
        google_oauth_token_uri=f"{google.http_url}/token",
        google_oauth_revoke_uri=f"{google.http_url}/revoke",
        google_userinfo_uri=f"{google.http_url}/oauth2/v3/userinfo",
        google_ads_endpoint=google.grpc_endpoint,
        google_ads_root_certificates=str(google.ca_file),
    )
