"""The JSON interface for tests and benchmarks, under /practice/api/. Bad input changes nothing."""

import time
from typing import Any

from sandbox.ads.actions import Actions
from sandbox.ads.campaigns import Clicks
from sandbox.clock import PracticeClock
from sandbox.control.overview import Overview
from sandbox.faults import CHOICES, Faults
from sandbox.store import Store
from sandbox.web import BadRequestError, Request, Response, Routes, json_response


class ControlApi:
    def __init__(
        self, overview: Overview, clock: PracticeClock, faults: Faults, store: Store, clicks: Clicks, actions: Actions
    ) -> None:
        self._overview, self._clock, self._faults, self._store = overview, clock, faults, store
        self._clicks, self._actions = clicks, actions

    def routes(self) -> Routes:
        overview = self._overview
        return {
            ("GET", "/practice/api/conversions"): lambda _r: json_response({"conversions": overview.conversions()}),
            ("GET", "/practice/api/requests"): lambda _r: json_response({"requests": overview.requests()}),
            ("GET", "/practice/api/grants"): lambda _r: json_response({"grants": overview.grants()}),
            ("GET", "/practice/api/clock"): lambda _r: json_response(overview.clock()),
            ("GET", "/practice/api/faults"): lambda _r: json_response(self._faults.current()),
            ("POST", "/practice/api/clock"): self._post_clock,
            ("POST", "/practice/api/faults"): self._post_faults,
            ("POST", "/practice/api/clicks"): self._post_clicks,
            ("POST", "/practice/api/reset"): self._post_reset,
        }

    def change_clock(self, *, speed: Any = None, advance_seconds: Any = None) -> None:
        """One of the two, as a number. Raises BadRequestError."""
        if (speed is None) == (advance_seconds is None):
            raise BadRequestError('Send either {"speed": 600} or {"advance_seconds": 3600}.')
        try:
            if speed is not None:
                self._clock.set_speed(_number(speed))
            else:
                self._clock.advance(_number(advance_seconds))
        except ValueError as error:
            raise BadRequestError(str(error)) from error

    def switch_faults(self, wanted: dict[str, Any]) -> None:
        """Raises BadRequestError and changes nothing when a part or fault is unknown."""
        try:
            self._faults.switch({part: str(fault) for part, fault in wanted.items()})
        except ValueError as error:
            raise BadRequestError(str(error)) from error

    def reset(self) -> None:
        """Forgets all that was received and granted, and switches every fault off. The clock stays."""
        self._store.reset()
        self._actions.forget()
        self._faults.switch(dict.fromkeys(CHOICES, "none"))

    def _post_clock(self, request: Request) -> Response:
        wanted = request.json()
        self.change_clock(speed=wanted.get("speed"), advance_seconds=wanted.get("advance_seconds"))
        return json_response(self._overview.clock())

    def _post_faults(self, request: Request) -> Response:
        self.switch_faults(request.json())
        return json_response(self._faults.current())

    def _post_clicks(self, request: Request) -> Response:
        """An ad click with this gclid, so many seconds ago."""
        wanted = request.json()
        gclid = wanted.get("gclid")
        if not isinstance(gclid, str) or not gclid:
            raise BadRequestError('Send {"gclid": "…"}, and perhaps "seconds_ago" and "account".')
        try:
            at = time.time() - _number(wanted.get("seconds_ago", 0))
        except ValueError as error:
            raise BadRequestError(str(error)) from error
        self._clicks.note(gclid, account=str(wanted.get("account", "1234567890")), at=at)
        return json_response({"noted": gclid})

    def _post_reset(self, _request: Request) -> Response:
        self.reset()
        return json_response({"reset": True})


def _number(value: Any) -> float:
    """Raises ValueError for anything that is not a finite number (NaN fails every later comparison)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("a number is needed")
    try:
        return float(value)
    except (ValueError, OverflowError) as error:
        raise ValueError("a number is needed") from error
