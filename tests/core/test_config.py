"""Settings are checked before anything starts."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from app.core.config import Settings, SettingsError

KEY = Fernet.generate_key().decode()
NEEDED = {
    "database_url": "postgresql://leader@/leader",
    "redis_url": "redis://localhost",
    "secret_key": "s" * 32,
    "leader_master_keys": KEY,
}
PRODUCTION = NEEDED | {
    "leader_env": "production",
    "base_url": "https://leader.example",
    "google_client_id": "id",
    "google_client_secret": "secret",
    "mail_url": "smtp://mail.example:587?starttls=1",
    "trusted_proxies": "1",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def _settings(given: dict[str, str], **changes: Any) -> Settings:
    return Settings(**{**given, **changes})


def test_what_is_missing_is_named() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_env()
    for name in NEEDED:
        assert name.upper() in str(error.value)
    assert str(error.value).startswith("Leader cannot start.")


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name.upper(), value)
    assert Settings.from_env().master_keys == (KEY,)


def test_the_message_gives_no_value_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("LEADER_MASTER_KEYS", "not-a-key-but-secret")
    with pytest.raises(SettingsError) as error:
        Settings.from_env()
    assert "LEADER_MASTER_KEYS" in str(error.value)
    assert "not-a-key" not in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"secret_key": "short"},
        {"leader_master_keys": f"{KEY},broken"},
        {"base_url": "leader.example"},
        {"base_url": "ftp://leader.example"},
        {"leader_env": "staging"},
        {"trusted_proxies": -1},
        {"conversion_lease_seconds": 5, "google_timeout_seconds": 5},
        {"conversion_lease_seconds": 100, "google_timeout_seconds": 30},
        {"conversion_poll_seconds": 0},
        {"mail_url": "mail.example"},
        {"mail_from": "Leader"},
    ],
)
def test_wrong_values_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _settings(NEEDED, **change)


def test_production_with_google() -> None:
    settings = _settings(PRODUCTION)
    assert settings.is_production and not settings.is_practice and settings.is_https


ELSEWHERE = [
    "http://127.0.0.1:8001",
    "https://evil.example",
    "https://google.com.evil.example",
    "https://evilgoogle.com",
    "https://evilgoogleapis.com",
    "http://oauth2.googleapis.com",
    "https://googleapis.com@evil.example/",
    "https:/oauth2.googleapis.com",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize(
    "name",
    [
        "google_oauth_auth_uri",
        "google_oauth_token_uri",
        "google_oauth_revoke_uri",
        "google_userinfo_uri",
        "google_datamanager_url",
    ],
)
def test_production_speaks_to_google_alone(name: str, address: str) -> None:
    with pytest.raises(ValidationError, match=name.upper()):
        _settings(PRODUCTION, **{name: address})


@pytest.mark.parametrize("endpoint", ["127.0.0.1:8002", "evil.example", "googleads.googleapis.com@evil.example", ""])
def test_production_reads_ads_from_google_alone(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="GOOGLE_ADS_ENDPOINT"):
        _settings(PRODUCTION, google_ads_endpoint=endpoint)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"base_url": "http://leader.example"}, "https"),
        ({"practice_google_url": "http://127.0.0.1:8001"}, "development only"),
        ({"google_ads_root_certificates": "/tmp/ca.pem"}, "development only"),
        ({"google_client_id": ""}, "GOOGLE_CLIENT_ID"),
        ({"google_client_secret": ""}, "GOOGLE_CLIENT_SECRET"),
    ],
)
def test_what_production_needs(change: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        _settings(PRODUCTION, **change)


def test_production_says_how_many_proxies_stand_in_front() -> None:
    said_nothing = {name: value for name, value in PRODUCTION.items() if name != "trusted_proxies"}
    with pytest.raises(ValidationError, match="TRUSTED_PROXIES"):
        _settings(said_nothing)
    assert _settings(said_nothing, trusted_proxies="0").trusted_proxies == 0


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        _settings(NEEDED).base_url = "https://elsewhere.example"
