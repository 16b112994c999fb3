"""Puts the practice Google, the demo shop and the mail catcher together, for the command line and for tests in-process.

with Practice(Settings()) as practice:
    practice.http_url, practice.grpc_endpoint, practice.ca_file, practice.shop_url, practice.mail_url
"""

import errno
import tempfile
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox import certificates, web
from sandbox.ads.actions import Actions
from sandbox.ads.campaigns import Clicks
from sandbox.ads.lead_form import LeadFormPage
from sandbox.ads.server import AdsServer
from sandbox.ads.server import PortTakenError as GrpcPortTakenError
from sandbox.ads.uploads import Uploads
from sandbox.clock import PracticeClock
from sandbox.control.api import ControlApi
from sandbox.control.overview import Overview
from sandbox.control.pages import ControlPages
from sandbox.datamanager.api import DataManager
from sandbox.datamanager.errors import error_response
from sandbox.datamanager.ledger import Ledger
from sandbox.faults import Faults
from sandbox.http_server import WebServer
from sandbox.mail.catcher import MailCatcher
from sandbox.mail.letters import Letters
from sandbox.mail.pages import MailPages
from sandbox.oauth.authorize import Authorize
from sandbox.oauth.clients import Client
from sandbox.oauth.grants import Grants
from sandbox.oauth.id_token import IdTokens
from sandbox.oauth.token import Tokens
from sandbox.pages import static_routes
from sandbox.shop.site import Shop
from sandbox.store import Store
from sandbox.telephony.pages import TelephonyPages
from sandbox.telephony.recordings import Recordings


@dataclass(frozen=True)
class Settings:
    """Ports of 0 pick free ones. Without a `data_dir` nothing outlives stop().

    `speed` None keeps the clock as it was; `verdict_minutes` are practice minutes until Google's verdict;
    `slow_seconds` are real seconds that a slow answer takes.
    """

    port: int = 0
    grpc_port: int = 0
    shop_port: int = 0
    mail_port: int = 0
    data_dir: Path | None = None
    leader_url: str = "http://127.0.0.1:8000"
    site_key: str = ""
    client_id: str = "practice-leader.apps.googleusercontent.com"
    client_secret: str = "practice-secret"  # noqa: S105 - opens nothing but the practice Google
    redirect_uris: tuple[str, ...] = ()
    speed: float | None = None
    verdict_minutes: float = 30.0
    slow_seconds: float = 20.0
    quiet: bool = True


@lru_cache
def _process_folder() -> "tempfile.TemporaryDirectory[str]":
    """Keys of the instances without a data folder: one set, as gRPC reads its roots only once."""
    return tempfile.TemporaryDirectory(prefix="practice-google-")


class PortTakenError(Exception):
    """A port cannot be had; says which and how to choose another."""

    def __init__(self, port: int, option: str, why: str = "is already in use") -> None:
        super().__init__(f"port {port} {why}; choose another one with {option}.")


@dataclass
class Practice:
    """The four servers. start() returns when they answer; stop() may be called at any time, and twice."""

    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.recordings = Recordings()
        self._stopping = threading.Event()
        self._running: list[WebServer | AdsServer | MailCatcher] = []
        self._store: Store | None = None
        self.http_url = self.grpc_endpoint = self.shop_url = self.mail_url = ""
        self.ca_file = Path()

    def start(self) -> Self:
        """Raises PortTakenError, or OSError when the data folder cannot be written."""
        self._stopping.clear()
        folder = self._folder()
        self.ca_file, key, certificate = certificates.ensure(folder)
        self._store = store = Store(folder if self.settings.data_dir else None)
        self.clock = PracticeClock(store, self.settings.speed)
        faults = Faults(store, self.settings.slow_seconds, self._stopping)
        grants, id_tokens = Grants(store), IdTokens(folder)
        try:
            google = self._web(self._google_routes(store, grants, id_tokens, faults), self.settings.port, "--port")
            self.http_url = id_tokens.issuer = google.url
            try:
                ledger = Ledger(store, self.clock, self.settings.verdict_minutes * 60)
                parts = (grants, faults, Clicks(store), Actions(store), Uploads(ledger))
                ads = AdsServer(*parts, self.settings.grpc_port, key, certificate)
            except GrpcPortTakenError as error:
                raise PortTakenError(self.settings.grpc_port, "--grpc-port") from error
            self._running.append(ads)
            self.grpc_endpoint = ads.endpoint
            shop = Shop(self.settings.leader_url, self.settings.site_key, self.http_url, Clicks(store))
            self.shop_url = self._web(shop.routes(), self.settings.shop_port, "--shop-port").url
            self.mail_url = self._mail(Letters(store)).url
        except PortTakenError:
            self.stop()
            raise
        for server in self._running:
            server.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        while self._running:
            self._running.pop().stop()
        if self._store:
            self._store.close()
            self._store = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _folder(self) -> Path:
        if self.settings.data_dir is None:
            return Path(_process_folder().name)
        folder = self.settings.data_dir / "sandbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _google_routes(self, store: Store, grants: Grants, id_tokens: IdTokens, faults: Faults) -> web.Routes:
        client = Client(self.settings.client_id, self.settings.client_secret, redirect_uris=self.settings.redirect_uris)
        ledger = Ledger(store, self.clock, self.settings.verdict_minutes * 60)
        overview = Overview(store, self.clock)
        api = ControlApi(overview, self.clock, faults, store, Clicks(store), Actions(store))
        return web.merge(
            (
                Authorize(client, grants).routes(),
                Tokens(client, grants, id_tokens, faults).routes(),
                DataManager(grants, ledger, faults).routes(),
                api.routes(),
                ControlPages(overview, api, grants, faults, self.settings).routes(),
                MailPages(Letters(store)).routes(),
                LeadFormPage(self.settings.leader_url).routes(),
                TelephonyPages(self.settings.leader_url, self.recordings).routes(),
                static_routes("practice.css", "practice.svg"),
            )
        )

    def _web(self, routes: web.Routes, port: int, option: str) -> WebServer:
        try:
            server = WebServer(routes, port, error_response, quiet=self.settings.quiet)
        except OSError as error:
            raise _taken(port, option, error) from error
        self._running.append(server)
        return server

    def _mail(self, letters: Letters) -> MailCatcher:
        try:
            catcher = MailCatcher(letters, self.settings.mail_port)
        except OSError as error:
            raise _taken(self.settings.mail_port, "--mail-port", error) from error
        self._running.append(catcher)
        return catcher


def _taken(port: int, option: str, error: OSError) -> PortTakenError:
    taken = error.errno == errno.EADDRINUSE
    return PortTakenError(port, option, "is already in use" if taken else f"cannot be used ({error.strerror})")
