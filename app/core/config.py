"""Settings, read once from the environment and checked before anything starts."""

import base64
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet
from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting is missing or wrong; the message names each one in plain words."""


class Settings(BaseSettings):
    """Every setting of the product. The names in upper case are the environment's; README lists them all."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False, hide_input_in_errors=True)

    leader_env: Literal["development", "test", "production"] = "development"
    base_url: str = "http://127.0.0.1:8000"
    database_url: str = Field(min_length=1)
    migration_database_url: str = ""
    redis_url: str = Field(min_length=1)
    secret_key: str = Field(min_length=32)
    leader_master_keys: str = Field(min_length=1)
    leader_signing_key: str = ""
    """32 bytes as base64; empty: a key that follows from SECRET_KEY."""
    data_dir: Path = Path("var")
    storage_url: str = ""
    """A bucket for files: s3://bucket/prefix?region=eu-west-1&endpoint=https://…; empty: the folder `files`."""
    storage_access_key_id: str = ""
    storage_secret_access_key: str = ""
    support_email: str = "support@leader.online"
    """Where the support page tells people to write."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """Too few, and all visitors share the proxy's address and its limits; too many, and visitors choose theirs."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    argon2_memory_kib: int = Field(default=19456, ge=8)
    """19 MiB, two passes, one lane: the parameters that OWASP recommends for argon2id."""

    backup_days: int = Field(default=35, ge=1, le=400)
    """How long the longest backup is kept: certificates name its last day, and the erasure ledger lasts as long."""

    google_client_id: str = ""
    google_client_secret: str = ""
    google_oauth_auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_oauth_token_uri: str = "https://oauth2.googleapis.com/token"
    google_oauth_revoke_uri: str = "https://oauth2.googleapis.com/revoke"
    google_userinfo_uri: str = "https://openidconnect.googleapis.com/v1/userinfo"
    google_ads_endpoint: str = "googleads.googleapis.com"
    google_ads_root_certificates: str = ""
    google_datamanager_url: str = "https://datamanager.googleapis.com"
    google_upload_api: Literal["data_manager", "google_ads"] = "data_manager"
    """Through which interface conversions go. Google lets only those use the Ads API for it that did so before June
    2026; a connection for which it refuses goes through the Data Manager API from then on."""
    twilio_api_url: str = "https://api.twilio.com"
    practice_google_url: str = ""
    demo_shop_url: str = ""

    mail_url: str = ""
    """The SMTP server: smtp://user:password@host:587?starttls=1. Without it mail waits."""
    mail_from: str = "Leader <leader@leader.example>"

    conversion_poll_seconds: float = Field(default=1800, gt=0)
    conversion_lease_seconds: float = Field(default=45, gt=0)
    conversion_retry_seconds: float = Field(default=30, gt=0)
    conversion_batch_from: int = Field(default=100, ge=2)
    """So many due conversions for the same conversion action go in requests of up to 2,000; fewer go one by one."""
    google_timeout_seconds: float = Field(default=20, gt=0, le=25)
    """For connecting and for each answer; both together must end before the database ends an idle transaction."""

    @classmethod
    def from_env(cls) -> Self:
        """The settings of this process. Raises SettingsError, which names every setting that is missing or wrong."""
        try:
            return cls()  # type: ignore[call-arg] # the environment fills the fields
        except ValidationError as error:
            raise SettingsError(_explain(error)) from None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if urlsplit(self.base_url).scheme not in ("http", "https") or not urlsplit(self.base_url).hostname:
            raise ValueError("BASE_URL must be a whole address such as https://leader.example")
        for key in self.master_keys:
            try:
                Fernet(key)
            except ValueError:
                raise ValueError("LEADER_MASTER_KEYS must be Fernet keys, separated by commas") from None
        if self.mail_url and not _is_mail_server(self.mail_url):
            raise ValueError("MAIL_URL must look like smtp://user:password@host:587?starttls=1")
        if "@" not in parseaddr(self.mail_from)[1]:
            raise ValueError("MAIL_FROM must be an address such as Leader <mail@leader.example>")
        if self.storage_url and not _is_bucket(self.storage_url, is_production=self.is_production):
            raise ValueError("STORAGE_URL must look like s3://bucket/prefix?region=eu-west-1&endpoint=https://…")
        if not _is_signing_key(self.leader_signing_key):
            raise ValueError("LEADER_SIGNING_KEY must be 32 random bytes as base64")
        if self.conversion_lease_seconds <= self.google_timeout_seconds:
            raise ValueError("CONVERSION_LEASE_SECONDS must be longer than GOOGLE_TIMEOUT_SECONDS")
        if self.is_production:
            self._check_production()
        return self

    def _check_production(self) -> None:
        if urlsplit(self.base_url).scheme != "https":
            raise ValueError("BASE_URL must start with https:// in production")
        addresses = {
            "GOOGLE_OAUTH_AUTH_URI": self.google_oauth_auth_uri,
            "GOOGLE_OAUTH_TOKEN_URI": self.google_oauth_token_uri,
            "GOOGLE_OAUTH_REVOKE_URI": self.google_oauth_revoke_uri,
            "GOOGLE_USERINFO_URI": self.google_userinfo_uri,
            "GOOGLE_DATAMANAGER_URL": self.google_datamanager_url,
            "GOOGLE_ADS_ENDPOINT": f"https://{self.google_ads_endpoint}",
        }
        for name, address in addresses.items():
            if not _is_google(address):
                raise ValueError(f"{name} must be an https address of Google in production")
        if self.twilio_api_url != "https://api.twilio.com":
            raise ValueError("TWILIO_API_URL must be https://api.twilio.com in production")
        if self.practice_google_url or self.google_ads_root_certificates:
            raise ValueError("PRACTICE_GOOGLE_URL and GOOGLE_ADS_ROOT_CERTIFICATES are for development only")
        if not (self.google_client_id and self.google_client_secret):
            raise ValueError("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are needed in production")
        if not self.mail_url:
            raise ValueError("MAIL_URL is needed in production")
        if "trusted_proxies" not in self.model_fields_set:
            raise ValueError("TRUSTED_PROXIES is needed in production: how many proxies stand in front, 0 for none")

    @property
    def is_production(self) -> bool:
        return self.leader_env == "production"

    @property
    def is_practice(self) -> bool:
        """True when Leader speaks to the practice Google instead of the real one."""
        return not _is_google(self.google_datamanager_url)

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """Host and port of the public address, as a browser sends it in the Host header."""
        return urlsplit(self.base_url).netloc

    @property
    def master_keys(self) -> tuple[str, ...]:
        """Fernet keys, the newest first."""
        return tuple(key.strip() for key in self.leader_master_keys.split(",") if key.strip())


def _is_signing_key(given: str) -> bool:
    try:
        return not given or len(base64.b64decode(given, validate=True)) == 32
    except ValueError:
        return False


def _is_google(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "google.com" or host.endswith((".google.com", ".googleapis.com")))


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_bucket(url: str, *, is_production: bool) -> bool:
    """Its endpoint may speak plain http for trying out only."""
    try:
        parts = urlsplit(url)
        schemes = {urlsplit(endpoint).scheme for endpoint in parse_qs(parts.query).get("endpoint", [])}
    except ValueError:
        return False
    return (
        parts.scheme == "s3" and bool(parts.hostname) and schemes <= ({"https"} if is_production else {"http", "https"})
    )


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"]).upper()
        words = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {words}" if name else words)
    return "Leader cannot start. " + "; ".join(lines) + "."
