"""A Google that only takes: it answers at once that it has an event, and that all is well.

An event for the account of SLOW is answered with an error, late. `GET /taken` tells how many requests came.
`python -m benchmarks.sink PORT`
"""

import asyncio
import json
import sys

SLOW = "9999999999"
SLOW_SECONDS = 0.2
SUCCESS = b'{"requestStatusPerDestination":[{"requestStatus":"SUCCESS"}]}'


class Sink:
    def __init__(self) -> None:
        self.taken = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0
                )
                body = await reader.readexactly(size)
                status, answer = await self._answer(head, body)
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    % (status, len(answer))
                )
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if head.startswith(b"GET /taken"):
            return b"200 OK", json.dumps(self.taken).encode()
        if head.startswith(b"GET"):
            return b"200 OK", SUCCESS
        self.taken += 1
        if SLOW.encode() in body[:1000] or SLOW.encode() in body[-1000:]:
            await asyncio.sleep(SLOW_SECONDS)
            return b"503 Service Unavailable", b"{}"
        return b"200 OK", b'{"requestId":"request-%d"}' % self.taken


async def main(port: int) -> None:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", port, limit=2**20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
