"""The secrets of a data folder, and what a run's programs are told."""

import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from deploy import environment
from deploy.environment import Addresses
from deploy.errors import StartError

ADDRESSES = Addresses(8000)


def test_secrets_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    first = environment.of_run({}, ADDRESSES, tmp_path)
    second = environment.of_run({}, ADDRESSES, tmp_path)
    assert first == second
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    Fernet(first["LEADER_MASTER_KEYS"])
    assert len(first["SECRET_KEY"]) >= 32


def test_two_folders_have_different_secrets(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (environment.of_run({}, ADDRESSES, folder) for folder in folders)
    assert one["SECRET_KEY"] != two["SECRET_KEY"]
    assert one["LEADER_MASTER_KEYS"] != two["LEADER_MASTER_KEYS"]


def test_lost_secrets_are_not_replaced_beside_a_database(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(StartError, match=r"secrets\.env is missing"):
        environment.of_run({}, ADDRESSES, tmp_path)


def test_what_the_person_set_wins(tmp_path: Path) -> None:
    given = {"BASE_URL": "https://leader.example", "SECRET_KEY": "mine", "CONVERSION_POLL_SECONDS": "60"}
    assert environment.of_run(given, ADDRESSES, tmp_path).items() >= given.items()


def test_a_run_speaks_to_the_practice_google(tmp_path: Path) -> None:
    told = environment.of_run({"GOOGLE_CLIENT_ID": "a-real-one"}, ADDRESSES, tmp_path)
    assert told["GOOGLE_CLIENT_ID"] == environment.PRACTICE_CLIENT_ID
    assert told["GOOGLE_DATAMANAGER_URL"] == told["PRACTICE_GOOGLE_URL"] == "http://127.0.0.1:8001"
    assert told["GOOGLE_ADS_ENDPOINT"] == "127.0.0.1:8002"
    assert told["DEMO_SHOP_URL"] == "http://127.0.0.1:8003"
    assert told["MAIL_URL"] == "smtp://127.0.0.1:8004"


def test_production_speaks_to_google_alone(tmp_path: Path) -> None:
    told = environment.of_run({"LEADER_ENV": "production", "GOOGLE_CLIENT_ID": "mine"}, ADDRESSES, tmp_path)
    assert told["GOOGLE_CLIENT_ID"] == "mine"
    assert not {name for name in told if name.startswith(("PRACTICE_", "GOOGLE_ADS_", "DEMO_"))}
    assert "CONVERSION_POLL_SECONDS" not in told


def test_production_without_a_google_client_is_one_sentence() -> None:
    with pytest.raises(StartError, match=r"^LEADER_ENV=production needs GOOGLE_CLIENT_ID"):
        environment.uses_practice_google({"LEADER_ENV": "production"})


def test_a_shell_reads_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "run.env"
    environment.write(path, {"VALUE": "a 'quoted' $HOME;value"})
    done = subprocess.run(["sh", "-c", '. "$0"; printf %s "$VALUE"', str(path)], capture_output=True, check=True)
    assert done.stdout.decode() == "a 'quoted' $HOME;value"
