"""The commands, as they are typed."""

from pathlib import Path

from flask import Flask

from app.core.config import Settings
from tests.fixtures.people import Person


def test_backing_up_says_where(app: Flask, alice: Person, settings: Settings, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["leader", "backup", str(tmp_path)])
    assert done.exit_code == 0, done.output
    (made,) = [path for path in tmp_path.iterdir() if path.name != "keys"]
    assert str(made) in done.output
    assert {path.name for path in made.iterdir()} == {"database.dump", "files.tar", "manifest.json"}


def test_what_is_no_backup_is_not_restored(app: Flask, alice: Person, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["leader", "restore", str(tmp_path), "--yes"])
    assert done.exit_code == 1
    assert "no whole backup" in done.output
    assert alice.client.get("/leads").status_code == 200


def test_rotating_keys_with_one_master_key_changes_nothing(app: Flask, alice: Person) -> None:
    done = app.test_cli_runner().invoke(args=["leader", "rotate-keys"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("0 keys are wrapped anew")
