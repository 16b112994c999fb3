"""What goes over the line, and what a first visit costs."""

import gzip
import re
from pathlib import Path

import brotli
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.compression import pack, packed_copy
from app.seeding import many
from tests.fixtures.browser import Browser
from tests.leads.conftest import Office
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of

MOST_BYTES = 60_000
"""Of a first signed-in page: HTML, CSS, scripts and the font, everything but pictures."""
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@given(st.binary(max_size=5_000))
def test_what_is_packed_comes_out_again(plain: bytes) -> None:
    assert gzip.decompress(pack(plain)) == plain


def test_the_size_of_a_page_is_blurred() -> None:
    assert len({len(pack(b"the same page" * 100)) for _ in range(50)}) > 10


def test_pages_are_packed_for_those_who_can_read_it(client: Browser) -> None:
    plain, packed = client.get("/privacy"), client.get("/privacy", headers=BROWSER)
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert "Privacy Policy" in gzip.decompress(packed.data).decode()
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"] and "Cookie" in answer.headers["Vary"]


def test_a_small_answer_stays_as_it_is(client: Browser) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=BROWSER).headers


def test_static_files_come_packed(client: Browser, app: Flask) -> None:
    address = f"{app.static_url_path}/css/base.css"
    answer = client.get(address, headers=BROWSER)
    assert answer.headers["Content-Encoding"] == "br" and "max-age=31536000" in answer.headers["Cache-Control"]
    assert brotli.decompress(answer.data) == client.get(address).data
    assert client.get(address, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


def test_a_first_page_is_light(office: Office, app: Flask) -> None:
    with office.serving() as session:
        many.seed_many(session, 60, currency="GBP")
        session.commit()
    for address in ("/leads", "/getting-started", "/conversions"):
        page = office.person.client.get(address, headers=BROWSER)
        markup = gzip.decompress(page.data).decode()
        needed = {found for found in re.findall(r'(?:href|src)="(/static/[^"#]+)"', markup) if ".svg" not in found}
        assert any(".woff2" in found for found in needed) and len(needed) > 10
        sizes = {found: len(office.person.client.get(found, headers=BROWSER).data) for found in needed}
        assert len(page.data) + sum(sizes.values()) <= MOST_BYTES, (address, len(page.data), sizes)


def test_a_folder_that_cannot_be_written_serves_plain_files(tmp_path: Path) -> None:
    static, closed = tmp_path / "static", tmp_path / "file"
    static.mkdir()
    closed.write_text("a file where a folder should be")
    assert packed_copy(static, "1", closed) == static


def test_the_packed_copy_is_made_once(tmp_path: Path) -> None:
    static = tmp_path / "source"
    static.mkdir()
    (static / "a.css").write_text("a { color: red }" * 50)
    made = packed_copy(static, "1", tmp_path)
    assert {path.name for path in made.iterdir()} == {"a.css", "a.css.br", "a.css.gz"}
    assert packed_copy(static, "1", tmp_path) == made
    assert [path.name for path in made.parent.iterdir()] == ["1"]
