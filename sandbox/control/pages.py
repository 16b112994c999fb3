"""The control page: what was received, the clock, the faults, the grants and the magic click ids."""

from typing import Any

from sandbox.control.api import ControlApi
from sandbox.control.overview import Overview
from sandbox.datamanager import magic
from sandbox.faults import CHOICES, Faults
from sandbox.oauth.grants import Grants
from sandbox.oauth.scopes import WORDING
from sandbox.pages import page
from sandbox.people import ACCOUNTS, CLICKERS, PEOPLE
from sandbox.web import BadRequestError, Request, Response, Routes, redirect

SHOWN = 50
FAULT_WORDS = {
    "none": "works",
    "down": "does not answer",
    "slow": "records, then answers after 20 seconds",
    "cut": "records, then cuts the line",
    "429": "says: too many requests",
    "500": "says: internal error",
    "quota": "says: the quota is used up",
    "duplicate": "says: known already, and changes nothing",
    "unnamed": "says that one is wrong, but not which",
    "forbidden": "shows the accounts, but not what they count",
    "scopeless": "says, when asked what an account counts, that this permission is missing",
    "closed": "says: not for this installation",
}
PART_WORDS = {
    "ingest": "Receiving conversions",
    "status": "Telling the verdict",
    "token": "Giving access tokens",
    "revoke": "Ending access",
    "known_id": "A known transaction id",
    "rows": "Naming the rows of a refused request",
    "ads": "Listing ad accounts",
    "ads_uploads": "Receiving conversions by the Google Ads API",
}


class ControlPages:
    def __init__(self, overview: Overview, api: ControlApi, grants: Grants, faults: Faults, settings: Any) -> None:
        self._overview, self._api, self._grants = overview, api, grants
        self._faults, self._settings = faults, settings

    def routes(self) -> Routes:
        return {
            ("GET", "/"): self.show,
            ("GET", "/practice/click-ids"): self.show_click_ids,
            ("POST", "/practice/clock"): self._change_clock,
            ("POST", "/practice/faults"): self._switch_faults,
            ("POST", "/practice/revoke"): self._revoke,
            ("POST", "/practice/reset"): self._reset,
        }

    def show(self, _request: Request) -> Response:
        overview = self._overview
        data = {
            "totals": overview.totals(),
            "clock": overview.clock(),
            "verdict_minutes": self._settings.verdict_minutes,
            "requests": overview.requests(SHOWN),
            "shown": SHOWN,
            "grants": overview.grants(),
            "scopes": WORDING,
            "faults": [(part, PART_WORDS[part], self._faults.of(part), CHOICES[part]) for part in CHOICES],
            "fault_words": FAULT_WORDS,
            "people": list(PEOPLE.values()),
            "accounts": ACCOUNTS,
            "client_id": self._settings.client_id,
        }
        return page("practice/index.html", data)

    def show_click_ids(self, _request: Request) -> Response:
        # A name that is also a processing reason needs the longer form.
        at_once = [f"FAST_{n}" if n in magic.PROCESSING_REASONS else n for n in magic.FAST_REASONS]
        data = {
            "specials": magic.SPECIALS,
            "later": sorted(magic.PROCESSING_REASONS),
            "at_once": at_once,
            "clickers": CLICKERS,
        }
        return page("practice/click_ids.html", data)

    def _change_clock(self, request: Request) -> Response:
        given = {name: value for name, value in request.form() if value}
        self._api.change_clock(speed=given.get("speed"), advance_seconds=given.get("advance_seconds"))
        return redirect("/#clock", 303)

    def _switch_faults(self, request: Request) -> Response:
        self._api.switch_faults(dict(request.form()))
        return redirect("/#faults", 303)

    def _revoke(self, request: Request) -> Response:
        number = dict(request.form()).get("grant", "")
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            raise BadRequestError("There is no such grant.")
        self._grants.revoke(int(number), by="the person, at Google")
        return redirect("/#grants", 303)

    def _reset(self, _request: Request) -> Response:
        self._api.reset()
        return redirect("/", 303)
