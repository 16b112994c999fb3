"""An SMTP server on the loopback address that keeps every mail and delivers none.

Two domains answer as mail servers do on a bad day: `refused.example` says that there is no such person (550), and
`later.example` that it is busy (451).
"""

import asyncio
import socket
import threading
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mail.letters import Letters

REFUSALS = {
    "refused.example": "550 5.1.1 There is no such person here",
    "later.example": "451 4.3.2 Busy, try again later",
}
_MAX_BYTES = 5 * 1024 * 1024


class MailCatcher:
    """start() returns at once; the port is taken already when the object is made, or OSError is raised."""

    def __init__(self, letters: Letters, port: int) -> None:
        self._letters = letters
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stops listening and drops the connections that are still open."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(5)
        self._socket.close()
        self._loop.close()

    def _serve(self) -> None:
        # In this thread, since the one that starts it may have a loop of its own; the socket takes calls already.
        self._loop.run_until_complete(self._listen())

    async def _listen(self) -> None:
        server = await self._loop.create_server(self._line, sock=self._socket)
        await self._ended.wait()
        server.close()
        await _drop_lines()

    def _line(self) -> SMTP:
        return SMTP(_Handler(self._letters), hostname="practice.example", data_size_limit=_MAX_BYTES, loop=self._loop)


async def _drop_lines() -> None:
    lines = asyncio.all_tasks() - {asyncio.current_task()}
    for line in lines:
        line.cancel()
    await asyncio.gather(*lines, return_exceptions=True)


class _Handler:
    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = REFUSALS.get(address.rpartition("@")[2].lower())
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        for recipient in envelope.rcpt_tos:
            self._letters.keep(recipient, content if isinstance(content, bytes) else content.encode())
        return "250 OK, kept"
