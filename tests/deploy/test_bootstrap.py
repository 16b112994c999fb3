"""The stamp that makes a second start instant, and the sentences of a set-up that cannot go on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import bootstrap
from deploy.bootstrap import Environment, SetUpError

ROOT = Path(bootstrap.ROOT)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A folder whose .venv looks installed."""
    (tmp_path / "requirements.txt").write_text("flask==1\n")
    (tmp_path / "requirements-dev.txt").write_text("flask==1\npytest==1\n")
    made = Environment(tmp_path)
    made.python.parent.mkdir(parents=True)
    made.python.symlink_to(sys.executable)
    return made


def test_a_folder_without_a_stamp_is_not_current(environment: Environment) -> None:
    assert not environment.is_current("run")


def test_the_run_set_does_not_satisfy_the_tests(environment: Environment) -> None:
    environment.write_stamp("run")
    assert environment.is_current("run")
    assert not environment.is_current("test")


def test_the_test_set_satisfies_a_run(environment: Environment) -> None:
    environment.write_stamp("test")
    assert environment.is_current("run")
    assert environment.is_current("test")


def test_a_changed_requirement_is_installed(environment: Environment) -> None:
    environment.write_stamp("test")
    (environment.root / "requirements.txt").write_text("flask==2\n")
    assert not environment.is_current("run")


def test_a_moved_folder_is_set_up_anew(environment: Environment, tmp_path: Path) -> None:
    environment.write_stamp("run")
    moved = tmp_path.with_name(f"{tmp_path.name}-moved")
    tmp_path.rename(moved)
    assert not Environment(moved).is_current("run")


def test_a_vanished_python_is_set_up_anew(environment: Environment) -> None:
    environment.write_stamp("run")
    environment.python.unlink()
    assert not environment.is_current("run")


@pytest.mark.parametrize("stamp", ["", "[]", "{", '{"folder": 1}'])
def test_a_damaged_stamp_is_no_stamp(environment: Environment, stamp: str) -> None:
    environment.stamp.write_text(stamp)
    assert not environment.is_current("run")


def test_a_nearly_full_disk_is_one_sentence(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bootstrap.NEEDED_MB, "run", 10**9)
    with pytest.raises(SetUpError, match=r"^The disk is nearly full: set-up needs .* MB are free in .*\.$"):
        environment.install("run")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk became full"),
        ("error: error sending request for url", "The package registry was not reached"),
        ("error: hash mismatch", "The packages could not be installed"),
    ],
)
def test_a_failed_command_is_one_sentence(environment: Environment, said: str, sentence: str) -> None:
    environment.tools.mkdir()
    with pytest.raises(SetUpError, match=sentence) as caught:
        environment.must([sys.executable, "-c", "import sys; sys.exit(sys.argv[1])", said])
    assert "\n" not in str(caught.value)


def test_an_old_python_can_read_the_bootstrap() -> None:
    source = (ROOT / "deploy" / "bootstrap.py").read_text(encoding="utf-8")
    compile(source, "bootstrap.py", "exec", flags=0, dont_inherit=True)
    import_ast = "import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 7))"
    subprocess.run([sys.executable, "-c", import_ast], input=source, text=True, check=True)


def test_every_pin_has_a_hash_and_no_registry_is_named() -> None:
    for name in bootstrap.REQUIREMENTS.values():
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = [block for block in text.replace("\\\n", " ").splitlines() if block]
        assert all("--hash=sha256:" in pin for pin in pins)
        assert "://" not in text


def test_registry_tools_never_write_where_the_person_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    environment = bootstrap.tool_environment()
    assert environment["UV_NO_CACHE"] == "1"
    assert "PYTHONPATH" not in environment
    assert os.environ["PYTHONPATH"] == "elsewhere"
