"""The environment that every program of a run gets, and the secrets that are made once per data folder."""

import base64
import os
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import StartError

SECRETS_FILE = "secrets.env"
RUN_FILE = "leader.env"
PRACTICE_CLIENT_ID = "practice-leader.apps.googleusercontent.com"
PRACTICE_CLIENT_SECRET = "practice-secret"  # noqa: S105  the practice Google knows no real secret


@dataclass(frozen=True)
class Addresses:
    """Where the programs of one run listen; all on this machine alone."""

    port: int

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def google(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def google_ads(self) -> str:
        return f"127.0.0.1:{self.port + 2}"

    @property
    def shop(self) -> str:
        return f"http://127.0.0.1:{self.port + 3}"

    @property
    def mail(self) -> str:
        """The mail catcher, which speaks SMTP; what it caught is read at `mail_page`."""
        return f"smtp://127.0.0.1:{self.port + 4}"

    @property
    def mail_page(self) -> str:
        return f"{self.google}/mail"


def uses_practice_google(given: Mapping[str, str]) -> bool:
    """Whether this run speaks to the practice Google: always, except in production."""
    if given.get("LEADER_ENV") != "production":
        return True
    if not given.get("GOOGLE_CLIENT_ID"):
        raise StartError("LEADER_ENV=production needs GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.")
    return False


def of_run(given: Mapping[str, str], addresses: Addresses, data_dir: Path) -> dict[str, str]:
    """What the person set, completed by what a run needs, less DATABASE_URL and REDIS_URL."""
    environment = {"LEADER_ENV": "development", "BASE_URL": addresses.web} | _secrets(data_dir) | dict(given)
    environment |= {"DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""}
    if uses_practice_google(given):
        environment |= _practice(addresses, data_dir)
        environment.setdefault("CONVERSION_POLL_SECONDS", "5")
        environment.setdefault("MAIL_URL", addresses.mail)
    return environment


def _practice(addresses: Addresses, data_dir: Path) -> dict[str, str]:
    return {
        "GOOGLE_CLIENT_ID": PRACTICE_CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": PRACTICE_CLIENT_SECRET,
        "GOOGLE_OAUTH_AUTH_URI": f"{addresses.google}/o/oauth2/v2/auth",
        "GOOGLE_OAUTH_TOKEN_URI": f"{addresses.google}/token",
        "GOOGLE_OAUTH_REVOKE_URI": f"{addresses.google}/revoke",
        "GOOGLE_USERINFO_URI": f"{addresses.google}/oauth2/v3/userinfo",
        "GOOGLE_ADS_ENDPOINT": addresses.google_ads,
        "GOOGLE_ADS_ROOT_CERTIFICATES": str(data_dir / "sandbox" / "ca.pem"),
        "GOOGLE_DATAMANAGER_URL": addresses.google,
        "TWILIO_API_URL": addresses.google,
        "PRACTICE_GOOGLE_URL": addresses.google,
        "DEMO_SHOP_URL": addresses.shop,
    }


def _secrets(data_dir: Path) -> dict[str, str]:
    """SECRET_KEY and LEADER_MASTER_KEYS of this data folder, made at its first start."""
    path = data_dir / SECRETS_FILE
    if not path.exists():
        if (data_dir / "postgres").exists():
            raise StartError(f"{path} is missing and what {data_dir} holds is sealed with it: put it back.")
        fresh = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "LEADER_MASTER_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),  # a Fernet key
        }
        write(path, fresh)
    return dict(line.split("=", 1) for line in shlex.split(path.read_text(encoding="utf-8"), comments=True))


def write(path: Path, variables: Mapping[str, str]) -> None:
    """A file for the owner alone that a shell can read; whole or not at all, even when the disk fills up."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
