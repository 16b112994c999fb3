"""Every kind of page is valid HTML, says html-validate (a program for Node; `make check` fetches it where npm is).

Left off: matters of style, and end tags that HTML lets one leave out, which the long table of leads does.
"""

import os
import subprocess
from pathlib import Path

import pytest

from app.seeding import many
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person
from tests.leads.conftest import Office
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / ".bin" / "html-validate"
PUBLIC = ("/", "/sign-in", "/sign-up", "/privacy", "/support", "/statistics", "/cookies", "/not-there")
PRIVATE = (
    "/leads",
    "/leads?q=nobody",
    "/today",
    "/reports",
    "/conversions",
    "/connections",
    "/website",
    "/profile",
    "/getting-started",
    "/getting-started?site=tag_manager",
    "/styleguide",
)


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


def test_public_pages(client: Browser, alice: Person, tmp_path: Path) -> None:
    check(tmp_path, {address: client.get(address).text for address in PUBLIC})


def test_signed_in_pages(office: Office, tmp_path: Path) -> None:
    lead_id = office.lead(message="Hello", email="jane@example.com")
    with office.serving() as session:
        many.seed_many(session, 60, currency="GBP")
        session.commit()
    office.post("/website/test-lead", {})
    check(tmp_path, {address: office.get(address).text for address in (*PRIVATE, f"/leads/{lead_id}")})
