"""Storage on a real folder and over the S3 protocol: whole or not at all, never whole in memory, never outside."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from factories import s3

from backend.kit.errors import Invalid
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.kit.storage import FileMissing, FileTooLarge, Storage, StorageUnavailable, StoredFile, belongs_to, key_of

MEGABYTE = 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def storage(folder: Path) -> Storage:
    return Storage.local(folder)


def files(folder: Path) -> list[str]:
    """Everything in the folder, half-written pieces too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def pieces(*sizes: int, then: Exception | None = None) -> AsyncIterator[bytes]:
    for number, size in enumerate(sizes):
        yield bytes([number % 256]) * size
    if then is not None:
        raise then


KEY = key_of("wuxi", "account", "evidence", "one")


@pytest.mark.parametrize("sizes", [(), (1,), (0, 5, 0), (3 * MEGABYTE, 3 * MEGABYTE, 7)])
async def test_what_goes_in_comes_out(storage: Storage, folder: Path, sizes: tuple[int, ...]) -> None:
    content = b"".join([each async for each in pieces(*sizes)])
    stored = await storage.put(KEY, pieces(*sizes))
    assert stored == StoredFile(KEY, len(content), hashlib.sha256(content).hexdigest())
    assert await storage.read(KEY) == content
    assert await storage.size(KEY) == len(content)
    assert files(folder) == [KEY]
    target = folder.parent / "copy"
    await storage.save(KEY, target)
    assert target.read_bytes() == content
    assert await storage.put(key_of("wuxi", "from-path"), target) == StoredFile(
        "wuxi/from-path", len(content), stored.sha256
    )
    assert await storage.put(key_of("wuxi", "from-bytes"), content) == StoredFile(
        "wuxi/from-bytes", len(content), stored.sha256
    )


async def test_the_last_one_counts_and_a_failed_one_does_not(storage: Storage, folder: Path) -> None:
    await storage.put(KEY, b"first")
    await storage.put(KEY, b"second")
    for wrong in (
        pieces(6 * MEGABYTE, 6 * MEGABYTE, then=ConnectionResetError("gone")),
        pieces(5, then=Invalid(reason="x")),
    ):
        with pytest.raises((ConnectionResetError, Invalid)):
            await storage.put(KEY, wrong)
    assert await storage.read(KEY) == b"second"
    assert files(folder) == [KEY]


async def test_the_limit_is_exact_and_leaves_nothing(storage: Storage, folder: Path) -> None:
    await storage.put(KEY, pieces(5 * MEGABYTE, 5 * MEGABYTE), limit=10 * MEGABYTE)
    await storage.delete(KEY)
    with pytest.raises(FileTooLarge) as refused:
        await storage.put(KEY, pieces(5 * MEGABYTE, 5 * MEGABYTE, 1), limit=10 * MEGABYTE)
    assert refused.value.details == {"megabytes": 10, "limit": 10 * MEGABYTE}
    assert files(folder) == []


async def test_what_looks_at_the_content_may_refuse_at_its_end(storage: Storage, folder: Path) -> None:
    shown: list[bytes] = []

    def inspect(chunk: bytes) -> None:
        shown.append(chunk)
        if not chunk:
            raise Invalid(reason="no end in sight")

    with pytest.raises(Invalid, match="no end in sight"):
        await storage.put(KEY, pieces(3, 4), inspect=inspect)
    assert shown == [b"\0" * 3, b"\1" * 4, b""]
    assert files(folder) == []


async def test_a_cancelled_upload_leaves_nothing(storage: Storage, folder: Path) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 6 * MEGABYTE
        await asyncio.sleep(30)

    task = asyncio.create_task(storage.put(KEY, slow()))
    for _ in range(500):
        if files(folder):
            break
        await asyncio.sleep(0.01)
    assert files(folder) != [KEY]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(100):
        if not files(folder):
            break
        await asyncio.sleep(0.02)
    assert files(folder) == []


async def test_what_is_not_there(storage: Storage) -> None:
    with pytest.raises(FileMissing):
        await storage.read(KEY)
    assert await storage.size(KEY) is None
    await storage.delete(KEY)


async def test_a_store_that_fails_is_unavailable(tmp_path: Path) -> None:
    storage = Storage.local(tmp_path / "files")
    (tmp_path / "files" / "wuxi").write_text("a file where a folder must be")
    with pytest.raises(StorageUnavailable):
        await storage.put(KEY, b"x")


@pytest.mark.parametrize(
    "parts", [("..", "x"), ("a", "..", "b"), ("a", ""), ("a/../b",), ("a", "b c"), ("a", ".x"), ()]
)
def test_keys_are_our_own_words(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        key_of("wuxi", *parts)


def test_keys_begin_with_the_tenant() -> None:
    assert KEY == "wuxi/account/evidence/one"
    assert belongs_to(Scope.system("wuxi"), KEY)
    assert not belongs_to(Scope.system("wux"), KEY)


async def test_settings_choose_the_store(tmp_path: Path) -> None:
    await Storage.of(Settings(data_dir=tmp_path)).put(KEY, b"default")
    assert (tmp_path / "files" / KEY).read_bytes() == b"default"
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0
    elsewhere = tmp_path / "else where"
    await Storage.of(Settings(data_dir=tmp_path, storage_url=elsewhere.as_uri())).put(KEY, b"named")
    assert (elsewhere / KEY).read_bytes() == b"named"
    with pytest.raises(ValueError, match="must begin with file:// or s3://"):
        Storage.of(Settings(data_dir=tmp_path, storage_url="ftp://host/x"))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[s3.Bucket]:
    with s3.running() as bucket:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key-id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "cn-east-1",
            "AWS_ENDPOINT_URL": bucket.url, "AWS_ALLOW_HTTP": "true",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield bucket


async def test_an_s3_compatible_store(bucket: s3.Bucket, tmp_path: Path) -> None:
    storage = Storage.of(Settings(data_dir=tmp_path, storage_url="s3://carbon/some/prefix"))
    path = f"/carbon/some/prefix/{KEY}"
    stored = await storage.put(KEY, pieces(4 * MEGABYTE, 4 * MEGABYTE, 7), limit=9 * MEGABYTE)
    content = b"\0" * 4 * MEGABYTE + b"\1" * 4 * MEGABYTE + b"\2" * 7
    assert stored == StoredFile(KEY, len(content), hashlib.sha256(content).hexdigest())
    assert bucket.objects == {path: content}
    assert b"".join([each async for each in storage.get(KEY)]) == content
    assert await storage.size(KEY) == len(content)
    with pytest.raises(FileTooLarge):
        await storage.put(key_of("wuxi", "large"), pieces(4 * MEGABYTE, 4 * MEGABYTE, 7), limit=7 * MEGABYTE)
    assert (list(bucket.objects), bucket.uploads) == ([path], {})
    await storage.delete(KEY)
    assert bucket.objects == {}
    with pytest.raises(FileMissing):
        await storage.read(KEY)
    assert await storage.size(KEY) is None
    bucket.is_down = True  # every answer is a 503 from now on
    for attempt in (storage.put(KEY, b"x"), storage.read(KEY), storage.size(KEY), storage.delete(KEY)):
        with pytest.raises(StorageUnavailable):
            await attempt
    assert files(tmp_path) == []


FLOOD = """
import asyncio, resource, sys
from pathlib import Path
from backend.kit.storage import Storage, key_of
async def main():
    storage = Storage.local(Path(sys.argv[1]))
    async def content():
        for _ in range(int(sys.argv[2])):
            yield b"x" * 65536
    await storage.put(key_of("wuxi", "big"), content())
    size = 0
    async for chunk in storage.get(key_of("wuxi", "big")):
        size += len(chunk)
    print(size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
asyncio.run(main())
"""


def test_a_large_file_is_never_in_memory(tmp_path: Path) -> None:
    def run(blocks: int) -> tuple[int, int]:
        out = subprocess.run(
            [sys.executable, "-c", FLOOD, str(tmp_path), str(blocks)], check=True, capture_output=True, text=True
        ).stdout.split()
        return int(out[0]), int(out[1]) // 1024

    small, floor = run(16)
    large, peak = run(4096)
    assert (small, large) == (MEGABYTE, 256 * MEGABYTE)
    assert peak - floor < 60, f"{peak} MB for 256 MB, {floor} MB for 1 MB"


BRIEF = """
import asyncio, sys
from pathlib import Path
from backend.kit.storage import Storage, key_of
async def main():
    storage = Storage.local(Path(sys.argv[1]))
    await storage.put(key_of("wuxi", "small"), b"x" * 100)
    await storage.read(key_of("wuxi", "small"))
asyncio.run(main())
"""


def test_a_process_may_end_right_after_an_operation(tmp_path: Path) -> None:
    """The store's threads are still at work then; without waiting for them about every third process aborts."""
    codes = [
        subprocess.run([sys.executable, "-c", BRIEF, str(tmp_path)], check=False, capture_output=True).returncode
        for _ in range(5)
    ]
    assert codes == [0] * 5
