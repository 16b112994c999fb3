"""The intake: the one way by which a lead comes in, whether by JSON or by a form.

Reactions to `lead.arrived` do not run here: the event is written inside the database. What follows from an
arrival looks for new events itself.
"""

import re
from datetime import datetime, timedelta

from app.capture import arrival, gates
from app.capture.arrival import Sender
from app.capture.gates import OpenSource, Received
from app.capture.pool import Pool
from app.capture.rate import RateLimit
from app.capture.submission import Submission
from app.core.clock import utc_now
from app.core.errors import LeaderError, NotFoundError

_SITE_KEY = re.compile(r"[0-9a-f]{32}")
_REGION_FOR = timedelta(minutes=1)
_MOST_REGIONS = 10_000


class TooManyError(LeaderError):
    """More sendings than a site or a visitor may make; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__("Too many messages in a short time. Wait a minute, then try again.")
        self.wait = wait


class Intake:
    """Takes leads in. One for each process, made by `front.install`."""

    def __init__(self, pool: Pool, rate: RateLimit) -> None:
        self._pool = pool
        self._rate = rate
        self._regions: dict[str, tuple[datetime, str]] = {}

    def admit(self, site_key: str, ip_address: str) -> None:
        """Count a sending before its body is read. Raises TooManyError, NotFoundError for a bad key."""
        _check_shape(site_key)
        wait = self._rate.wait(site_key, ip_address)
        if wait:
            raise TooManyError(wait)

    def source(self, site_key: str) -> OpenSource:
        """The source of a site key. Raises NotFoundError if unknown or switched off, RetryableError."""
        _check_shape(site_key)
        found = self._pool.run(lambda connection: gates.find_source(connection, site_key))
        if found is None or not found.is_active:
            raise _unknown()
        return found

    def receive(self, site_key: str, submission: Submission, sender: Sender) -> Received:
        """Store the lead, durably and in one transaction, or find the one that this sending made before.

        Raises NotFoundError for a site key that is unknown or switched off, and RetryableError.
        """
        now = utc_now()
        lead = arrival.compose(submission, sender, region=self._region(site_key, now), now=now)
        received = self._pool.run(lambda connection: gates.receive_lead(connection, site_key, lead))
        if received is None:
            raise _unknown()
        return received

    def _region(self, site_key: str, now: datetime) -> str:
        """The country by which phone numbers are read: asked once a minute, since it hardly ever changes."""
        known = self._regions.get(site_key)
        if known and known[0] > now:
            return known[1]
        region = self.source(site_key).region
        if len(self._regions) >= _MOST_REGIONS:
            self._regions.clear()
        self._regions[site_key] = (now + _REGION_FOR, region)
        return region


def _check_shape(site_key: str) -> None:
    if not _SITE_KEY.fullmatch(site_key):
        raise _unknown()


def _unknown() -> NotFoundError:
    return NotFoundError("No website with this site key takes messages here. Check the address.")
