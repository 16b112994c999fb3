"""A small HTTP/1.1 server with control of the socket, which the faults need.

Every input is untrusted. Only this machine's own names are served (against DNS rebinding) and no other web
site may post here (against a page in the learner's browser that would drive it).
"""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.web import MAX_FIELDS, BadRequestError, Handler, NoAnswerError, Request, Response, Routes

MAX_BODY = 16 * 1024 * 1024  # 2,000 events of 5 KiB, with room to spare
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class WebServer:
    """Serves `routes` on the loopback address, one thread per connection."""

    def __init__(self, routes: Routes, port: int, on_error: Callable[[int, str], Response], *, quiet: bool) -> None:
        self.routes, self.on_error, self.quiet = routes, on_error, quiet
        self._sockets: set[socket.socket] = set()
        self._started = False
        self._server = _Server(("127.0.0.1", port), _bound_handler(self))
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._started = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stops listening and drops the connections that are still open."""
        if self._started:
            # Would wait for ever for a loop that never ran.
            self._server.shutdown()
        self._server.server_close()
        for open_socket in tuple(self._sockets):
            _drop(open_socket)

    def track(self, connection: socket.socket, *, is_open: bool) -> None:
        (self._sockets.add if is_open else self._sockets.discard)(connection)

    def answer(self, request: Request) -> Response:
        refusal = _refusal(request, self.port)
        if refusal:
            return self.on_error(403, refusal)
        handler = self.routes.get((request.method, request.path)) or self._below(request)
        if handler is None:
            allowed = [method for method, path in self.routes if path == request.path]
            return self.on_error(405 if allowed else 404, "There is nothing at this address.")
        try:
            return handler(request)
        except BadRequestError as error:
            return self.on_error(400, str(error))

    def _below(self, request: Request) -> Handler | None:
        """Of a path that ends in a star: whatever lies below it."""
        for (method, path), handler in self.routes.items():
            if path.endswith("*") and method == request.method and request.path.startswith(path[:-1]):
                return handler
        return None


def _refusal(request: Request, port: int) -> str | None:
    host = (request.headers.get("Host") or "").lower()
    names = {f"{name}:{port}" for name in LOOPBACK_NAMES}
    if host not in names:
        return "This server answers only under its own local address."
    if request.method == "GET":
        return None
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if (origin is not None and origin != f"http://{host}") or site not in (None, "same-origin", "none"):
        return "Another web site may not send this."
    return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; anything else is a defect and belongs on stderr."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _bound_handler(web: WebServer) -> type[BaseHTTPRequestHandler]:
    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "PracticeGoogle", ""
        timeout = 60
        # Head and body leave in one segment; otherwise each answer waits for a delayed acknowledgement.
        wbufsize = 65_536
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            web.track(self.connection, is_open=True)

        def finish(self) -> None:
            web.track(self.connection, is_open=False)
            super().finish()

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_DELETE(self) -> None:
            self._serve()

        def _serve(self) -> None:
            started = time.perf_counter()
            body = self._body()
            if body is None:
                return
            parts = urlsplit(self.path if self.path.startswith("/") else "/")
            try:
                query = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MAX_FIELDS))
            except ValueError:
                query = {}
            try:
                response = web.answer(Request(self.command, parts.path, query, self.headers, body))
            except NoAnswerError:
                _drop(self.connection)
                self.close_connection = True
                return
            self._send(response)
            if not web.quiet:
                # The path alone: queries carry authorization codes.
                took = (time.perf_counter() - started) * 1000
                print(f"{self.command} {parts.path[:100]!r} {response.status} {took:.0f} ms", flush=True)

        def _body(self) -> bytes | None:
            try:
                length = int(self.headers.get("Content-Length") or 0)
            except ValueError:
                length = -1
            if self.headers.get("Transfer-Encoding") or not 0 <= length <= MAX_BODY:
                self.close_connection = True
                status = 413 if length > MAX_BODY else 411
                self._send(web.on_error(status, "The body is too large or its length is not known."))
                return None
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True
                return None
            return body

        def _send(self, response: Response) -> None:
            self.send_response(response.status)
            headers = {**SECURITY_HEADERS, "Content-Type": response.type, **response.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(response.body[: response.cut_after])
            self.wfile.flush()
            if response.cut_after is not None:
                _drop(self.connection)
                self.close_connection = True

        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            """The base class's own refusals (a bad request line, an unknown method), without its HTML."""
            self.close_connection = True
            self._send(web.on_error(code, message or HTTPStatus(code).phrase))

        def log_message(self, format: str, *args: Any) -> None:
            """_serve() logs."""

    return Connection


def _drop(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
