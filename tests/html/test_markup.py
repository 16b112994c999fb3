"""Every kind of page is valid HTML, says html-validate (a program for Node; `make check` fetches it where npm is).

Left off: matters of style, fields that share a name (HTML's way to send a list), and end tags that HTML lets one leave
out, which the long table of leads does.
"""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask

from app.seeding import many
from tests.addresses import pages
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person
from tests.leads.conftest import Office
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / ".bin" / "html-validate"
PUBLIC = ("/not-there",)
PRIVATE = ("/leads?q=nobody", "/getting-started?site=tag_manager")
"""Besides every page that an address alone opens."""


@pytest.fixture(autouse=True)
def _needs_the_program() -> None:
    if not PROGRAM.exists():
        why = "html-validate is not here: run `make html-validate` (needs npm)"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)


def check(folder: Path, pages: dict[str, str]) -> None:
    """Nothing to complain about in any of these."""
    for number, (address, page) in enumerate(pages.items()):
        (folder / f"{number}.html").write_text(f"{page.strip()}\n<!-- {address.replace('-', ' ')} -->\n")
    command = [str(PROGRAM), "--config", str(HERE / "htmlvalidate.json"), "--formatter", "stylish", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{dict(enumerate(pages))}\n{done.stdout}{done.stderr}"


def drawn(browser: Browser, addresses: Iterable[str]) -> dict[str, str]:
    """Those of the addresses that answer with a page."""
    texts = {address: browser.get(address).text for address in sorted(addresses)}
    return {address: text for address, text in texts.items() if "<html" in text}


def test_public_pages(client: Browser, alice: Person, application: Flask, tmp_path: Path) -> None:
    check(tmp_path, drawn(client, {*PUBLIC, *pages(application, public=True)}))


def test_signed_in_pages(office: Office, application: Flask, tmp_path: Path) -> None:
    lead_id = office.lead(message="Hello", email="jane@example.com")
    with office.serving() as session:
        many.seed_many(session, 60, currency="GBP")
        session.commit()
    office.post("/website/test-lead", {})
    addresses = {*PRIVATE, *pages(application, public=False), f"/leads/{lead_id}"}
    check(tmp_path, drawn(office.person.client, addresses))
