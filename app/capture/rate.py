"""How much one site and one visitor may send. Counted in the process, so that no lead waits for a server."""

import threading
from collections import Counter

from app.core.clock import utc_now

PER_SITE = 600
PER_ADDRESS = 60
_WINDOW_SECONDS = 60


class RateLimit:
    """Counts sendings per site key and network address, by the minute. Each process counts for itself."""

    def __init__(self, per_site: int = PER_SITE, per_address: int = PER_ADDRESS) -> None:
        self._per_site = per_site
        self._per_address = per_address
        self._lock = threading.Lock()
        self._window = 0
        self._counts: Counter[tuple[str, str]] = Counter()

    def wait(self, site_key: str, ip_address: str) -> int:
        """Count one sending. 0 when it may pass, else the seconds until the next one may be tried."""
        window, into = divmod(int(utc_now().timestamp()), _WINDOW_SECONDS)
        with self._lock:
            if window != self._window:
                self._window = window
                self._counts.clear()
            # A refused address does not use up what its site may send.
            passes = self._count("address", ip_address, self._per_address) and self._count(
                "site", site_key, self._per_site
            )
        return 0 if passes else _WINDOW_SECONDS - into

    def _count(self, kind: str, name: str, most: int) -> bool:
        self._counts[kind, name] += 1
        return self._counts[kind, name] <= most
