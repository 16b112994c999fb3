"""What a process holds for its whole life: the settings, the keys and the bell."""

from dataclasses import dataclass

from flask import current_app

from app.core.config import Settings
from app.core.crypto import KeyRing
from app.core.marks import Marker, marker
from app.core.queue import Bell


@dataclass(frozen=True)
class Services:
    settings: Settings
    key_ring: KeyRing
    bell: Bell

    @property
    def marker(self) -> Marker:
        return marker(self.settings)


def services() -> Services:
    """The services of the running application: for routes, jobs and commands; rules take plain arguments."""
    held: Services = current_app.extensions["leader"]
    return held
