"""The folder and the bucket keep the same promises; the bucket is spoken to over the wire."""

import io
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from app.core.config import Settings
from app.core.crypto import SealError
from app.core.errors import PermanentError, RetryableError
from app.core.sealed_files import new_file_key
from app.integrations.storage import SealedFile, Storage, storage_of

COMPANY = uuid.UUID(int=1)
NAME = f"recordings/{COMPANY}/one-1"


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Storage:
    values = {"data_dir": tmp_path}
    if request.param == "bucket":
        endpoint = request.getfixturevalue("bucket_url")
        name = f"files-{uuid.uuid4().hex}"
        _make_bucket(endpoint, name)
        values = {
            "storage_url": f"s3://{name}/leader?endpoint={endpoint}",
            "storage_access_key_id": "practice",
            "storage_secret_access_key": "practice",
        }
    return storage_of(settings.model_copy(update=values))


def _make_bucket(endpoint: str, name: str) -> None:
    import boto3  # noqa: PLC0415 - slow to import, and of no use to any other test

    keys = {"aws_access_key_id": "practice", "aws_secret_access_key": "practice", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=endpoint, **keys).create_bucket(Bucket=name)


def test_a_file_comes_back_in_any_part(storage: Storage) -> None:
    file, content = SealedFile(storage, NAME, new_file_key()), bytes(range(256)) * 30_000
    assert file.write(content[at : at + 100_000] for at in range(0, len(content), 100_000)) == len(content)
    reader = io.BufferedReader(file.open(len(content)))
    for start, length in ((0, 10), (1 << 20, 5), ((1 << 20) - 3, 9), (len(content) - 4, 50)):
        reader.seek(start)
        assert reader.read(length) == content[start : start + length]
    assert b"".join(file.open(len(content)).pieces()) == content
    assert content[:64] not in storage.read(NAME, 0, 1 << 21)


def test_another_file_or_another_key_opens_nothing(storage: Storage) -> None:
    key = new_file_key()
    for name in (NAME, NAME + "2"):
        SealedFile(storage, name, key).write([b"secret words"])
    moved = storage.read(NAME, 0, 1_000)
    storage.write(NAME + "2", [moved])
    for file in (SealedFile(storage, NAME + "2", key), SealedFile(storage, NAME, new_file_key())):
        with pytest.raises(SealError):
            file.open(12).read()


def test_a_longer_file_goes_up_in_parts(storage: Storage) -> None:
    file = SealedFile(storage, NAME, new_file_key())
    size = file.write(bytes([n]) * 1_000_000 for n in range(13))
    reader = file.open(size)
    reader.seek(12_999_999)
    assert reader.read(9) == bytes([12])


def test_names_and_deleting(storage: Storage) -> None:
    for name in ("a", "b"):
        storage.write(f"recordings/{COMPANY}/{name}", [b"x"])
    storage.write(f"recordings/{uuid.UUID(int=2)}/c", [b"x"])
    assert [name for name, _ in storage.names(f"recordings/{COMPANY}")] == [
        f"recordings/{COMPANY}/a",
        f"recordings/{COMPANY}/b",
    ]
    assert len(list(storage.names("recordings"))) == 3
    for _ in range(2):
        storage.delete(f"recordings/{COMPANY}/a")
    with pytest.raises(PermanentError):
        storage.read(f"recordings/{COMPANY}/a", 0, 1)
    assert not list(storage.names("attachments"))


def test_what_breaks_off_leaves_nothing_that_counts(storage: Storage) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 2_000_000
        raise OSError("the line is cut")

    with pytest.raises((OSError, RetryableError)):
        SealedFile(storage, NAME, new_file_key()).write(broken())
    with pytest.raises(PermanentError):
        storage.read(NAME, 0, 1)


@pytest.mark.parametrize("name", ["../x", "recordings/../../x", "recordings/x", "/etc/passwd", "recordings/a/b/c", ""])
def test_no_name_leads_out(settings: Settings, tmp_path: Path, name: str) -> None:
    storage = storage_of(settings.model_copy(update={"data_dir": tmp_path}))
    with pytest.raises(ValueError, match="no name"):
        SealedFile(storage, name, new_file_key()).write([b"x"])


def test_a_bucket_that_does_not_answer_may_answer_later(settings: Settings) -> None:
    values = {"storage_url": "s3://nobody?endpoint=http://127.0.0.1:9", "storage_access_key_id": "x"}
    with pytest.raises(RetryableError):
        storage_of(settings.model_copy(update=values)).read(NAME, 0, 1)


def test_a_disk_that_takes_nothing_is_tried_again(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("no folder")
    folder = storage_of(settings.model_copy(update={"data_dir": tmp_path}))
    with pytest.raises(RetryableError):
        SealedFile(folder, NAME, new_file_key()).write([b"x"])
    with pytest.raises(RetryableError):
        folder.delete(NAME)
