"""Sightings: on which pages of a website the tag, or our form, is.

A page view is told as its path alone. Nothing of the visitor is kept, and the same page is written at most once a
minute, so that a busy website costs next to nothing.
"""

import threading
from urllib.parse import urlsplit

from app.capture import gates
from app.capture.inbox import TooManyError, check_shape, unknown
from app.capture.pool import Pool
from app.capture.rate import RateLimit
from app.core.clock import utc_now
from app.core.ids import new_id
from app.leads import contact

MOST_PAGES = 100
"""How many pages of a website are kept, the newest."""

_MOST_PATH = 200
_MOST_REMEMBERED = 20_000
_WINDOW_SECONDS = 60


class Sightings:
    """Notes sightings. One for each process, made by `front.install`; each process remembers its last minute."""

    def __init__(self, pool: Pool, rate: RateLimit) -> None:
        self._pool = pool
        self._rate = rate
        self._lock = threading.Lock()
        self._window = 0
        self._noted: set[tuple[str, str]] = set()

    def note(self, site_key: str, page: str, ip_address: str) -> None:
        """The tag was seen on this page, an address or a path.

        Raises NotFoundError for a bad key, TooManyError and RetryableError.
        """
        check_shape(site_key)
        path = page_path(page)
        if self._is_noted(site_key, path):
            return
        wait = self._rate.wait(site_key, ip_address)
        if wait:
            raise TooManyError(wait)
        sighting_id = new_id()
        if not self._pool.run(lambda database: gates.see(database, site_key, sighting_id, path, most=MOST_PAGES)):
            raise unknown()
        self._noted.add((site_key, path))

    def _is_noted(self, site_key: str, path: str) -> bool:
        window = int(utc_now().timestamp()) // _WINDOW_SECONDS
        with self._lock:
            if window != self._window or len(self._noted) > _MOST_REMEMBERED:
                self._window = window
                self._noted.clear()
            return (site_key, path) in self._noted


def page_path(page: str) -> str:
    """The path of a page, without the query in which people and ads leave their marks; "/" when it cannot be read."""
    try:
        path = urlsplit(page[:8_192]).path
    except ValueError:
        path = ""
    return "/" + contact.one_line(path).lstrip("/")[: _MOST_PATH - 1]
