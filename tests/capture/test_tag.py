"""The tag as a file and as an answer."""

import gzip
from pathlib import Path

from tests.fixtures.browser import Browser


def test_it_is_at_most_three_kilobytes(repository: Path) -> None:
    assert len(gzip.compress((repository / "static" / "t.js").read_bytes())) <= 3_072


def test_any_website_may_load_it(client: Browser, repository: Path) -> None:
    plain = (repository / "static" / "t.js").read_bytes()
    packed = client.get("/t.js", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(packed.data) == plain
    assert client.get("/t.js", headers={"Accept-Encoding": "identity"}).data == plain
    headers = packed.headers
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=3600"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Accept-Encoding" in headers["Vary"]
    assert "Set-Cookie" not in headers


def test_it_is_sent_once(client: Browser) -> None:
    etag = client.get("/t.js").headers["ETag"]
    assert client.get("/t.js", headers={"If-None-Match": etag}).status_code == 304
