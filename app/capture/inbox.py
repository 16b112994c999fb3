"""The inbox: every sending is kept, byte for byte and durably, before it is answered; leads are made of it afterwards.

So nothing that was answered can be lost by a fault in what follows, and the answer waits for one row only.
"""

import re

from app.capture import gates
from app.capture.gates import Kept, OpenHook, OpenSource, Parcel
from app.capture.pool import Pool
from app.capture.rate import RateLimit
from app.core.errors import GoneError, LeaderError, NotFoundError, PermanentError
from app.core.ids import new_id
from app.core.words import gettext as _

SITE_KEY, HOOK_KEY = re.compile(r"[0-9a-f]{32}"), re.compile(r"h[0-9a-f]{32}")
"""Of a website, and of an address that programs call. Neither works in the place of the other."""


class TooManyError(LeaderError):
    """More sendings than a site or a visitor may make; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(_("Too many messages in a short time. Wait a minute, then try again."))
        self.wait = wait


class Inbox:
    """Keeps sendings. One for each process, made by `front.install`."""

    def __init__(self, pool: Pool, rate: RateLimit) -> None:
        self._pool = pool
        self._rate = rate

    def admit(self, site_key: str, ip_address: str, shape: re.Pattern[str] = SITE_KEY) -> None:
        """Count a sending before its body is read. Raises TooManyError, NotFoundError for a bad key."""
        check_shape(site_key, shape)
        wait = self._rate.wait(site_key, ip_address)
        if wait:
            raise TooManyError(wait)

    def source(self, site_key: str) -> OpenSource:
        """The source of a site key. Raises NotFoundError if unknown or switched off, GoneError, RetryableError."""
        check_shape(site_key)
        found = self._pool.run(lambda connection: gates.find_source(connection, site_key))
        if found is None or not found.is_active:
            raise self._refusal(site_key)
        return found

    def hook(self, site_key: str) -> OpenHook:
        """The source that other programs call. Raises NotFoundError, GoneError and RetryableError."""
        check_shape(site_key, HOOK_KEY)
        found = self._pool.run(lambda connection: gates.find_hook(connection, site_key))
        if found is None:
            raise self._refusal(site_key)
        return found

    def keep(self, site_key: str, parcel: Parcel) -> Kept:
        """Keep the sending durably, or find the item that the same sending made before.

        Raises NotFoundError for a site key that is unknown or switched off, GoneError when the company's account is
        closed, and RetryableError.
        """
        item_id = new_id()
        kept = self._pool.run(lambda connection: gates.keep(connection, site_key, item_id, parcel))
        if kept is None:
            raise self._refusal(site_key)
        return kept

    def _refusal(self, site_key: str) -> PermanentError:
        if self._pool.run(lambda connection: gates.is_closed(connection, site_key)):
            return GoneError(_("This company does not take messages here any more."))
        return unknown()


def check_shape(site_key: str, shape: re.Pattern[str] = SITE_KEY) -> None:
    """Raises NotFoundError for what cannot be a site key."""
    if not shape.fullmatch(site_key):
        raise unknown()


def unknown() -> NotFoundError:
    """The error for a site key that is unknown or switched off."""
    return NotFoundError(_("No website with this site key takes messages here. Check the address."))
