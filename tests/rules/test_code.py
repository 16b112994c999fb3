"""What the house rules say about every file of the product."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "app").rglob("*.py"))
COMMITTERS = {"routes.py", "jobs.py", "commands.py"}
RAW_SQL = {"gates.py", "bulk.py", "tenancy.py", "migration.py"}
"""Besides conditions of partial indexes in models.py."""


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _calls(path: Path) -> Iterator[tuple[str, int]]:
    """(name of the called function or method, line)."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            function = node.func
            yield getattr(function, "attr", getattr(function, "id", "")), node.lineno


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_each_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a module begins with a docstring"


def test_commits_stand_where_requests_and_jobs_end() -> None:
    offenders = [
        f"{_name(path)}:{line}"
        for path in MODULES
        if path.name not in COMMITTERS
        for name, line in _calls(path)
        if name == "commit"
    ]
    assert not offenders


def test_raw_sql_stands_in_named_modules() -> None:
    offenders = [
        f"{_name(path)}:{line}"
        for path in MODULES
        if path.name not in RAW_SQL | {"models.py"}
        for name, line in _calls(path)
        if name in ("text", "exec_driver_sql")
    ]
    assert not offenders


def test_one_clock() -> None:
    offenders = [
        f"{_name(path)}:{line}"
        for path in MODULES
        if path.name != "clock.py"
        for name, line in _calls(path)
        if name in ("now", "utcnow", "today") and "func.now" not in path.read_text().splitlines()[line - 1]
    ]
    assert not offenders


def test_no_dumping_grounds() -> None:
    names = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert not [_name(path) for path in MODULES if path.stem in names]


def test_each_way_stands_in_its_menu_once() -> None:
    from app.navigation import MAIN, SETTINGS  # noqa: PLC0415

    for menu in (MAIN, SETTINGS):
        keys = [way.key for way in menu]
        assert len(keys) == len(set(keys))


def test_every_setting_stands_in_the_readme() -> None:
    from app.core.config import Settings  # noqa: PLC0415 - the only test here that runs the product

    readme = (ROOT / "README.md").read_text()
    missing = [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in readme]
    assert not missing


def test_every_job_of_the_schedule_exists() -> None:
    from importlib import import_module  # noqa: PLC0415

    from app.schedule import ALLOWED_JOBS  # noqa: PLC0415

    for job in ALLOWED_JOBS:
        module, _, function = job.rpartition(".")
        assert callable(getattr(import_module(module), function))


def test_vendored_files_are_what_they_claim_to_be() -> None:
    import hashlib  # noqa: PLC0415
    import tomllib  # noqa: PLC0415

    vendor = ROOT / "static" / "vendor"
    listed = tomllib.loads((vendor / "VENDOR.toml").read_text())
    hashes = re.findall(r"[0-9a-f]{64}", str(listed))
    files = [path for path in vendor.rglob("*") if path.suffix in (".js", ".woff2", ".css")]
    assert files
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in hashes, path.name
