"""The applications that are registered with the practice Google (at Google: the Cloud console)."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Client:
    id: str
    secret: str
    name: str = "Leader"
    redirect_uris: tuple[str, ...] = ()

    def has_secret(self, secret: str) -> bool:
        return secrets.compare_digest(secret.encode(), self.secret.encode())

    def may_redirect_to(self, uri: str) -> bool:
        """An exactly registered address, or any address on this machine without a fragment."""
        if uri in self.redirect_uris:
            return True
        try:
            parts = urlsplit(uri)
            return (
                parts.scheme in ("http", "https")
                and parts.hostname in LOOPBACK_HOSTS
                and not parts.fragment
                and not parts.username
                and (parts.port or 80) > 0
                and uri.isprintable()
                and " " not in uri
            )
        except ValueError:
            return False
