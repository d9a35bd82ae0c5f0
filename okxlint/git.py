"""The git program, run so that it only reads, and so that nothing of the repository runs with it.

None of the commands used here takes a pathspec, reads an attribute or writes the index.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple, Self, cast

from okxlint.errors import OkxlintError

if TYPE_CHECKING:
    from subprocess import Popen

_FLAGS = (
    "--no-pager",
    "--no-optional-locks",
    # A commit is what its hash says, as it is for everyone else who has the repository: a replaced
    # object or a graft would let whoever can write one kind of ref show another base.
    "--no-replace-objects",
    # Both name programs, and the repository's own configuration may set them.
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
)
_SET = {
    # What a partial clone lacks is told, not fetched. Not every git knows the first; the second
    # leaves none of them a transport, and no 'protocol.*' of the repository can give one back.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",  # so that its errors are the ones that are looked for below
}
# With any of these check-ignore refuses to answer.
_UNSET = tuple(f"GIT_{kind}_PATHSPECS" for kind in ("LITERAL", "GLOB", "NOGLOB", "ICASE"))
# The caller's, if set, are relative to where the caller stands.
_RELATIVE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")

_SUBMODULE = b"160000"


class Answer(NamedTuple):
    """How a git command ended."""

    code: int
    output: bytes
    errors: str

    @property
    def told(self) -> str:
        """The first line in which git says what is wrong; empty if none does."""
        lines = [line.partition(": ") for line in self.errors.split("\n")]
        return next((text for kind, _, text in lines if kind in ("fatal", "error")), "")

    @property
    def reason(self) -> str:
        """What is wrong, of a command that failed."""
        return self.told or f"exit status {self.code}"


def run(root: str, *arguments: str, data: bytes = b"") -> Answer:
    """Run a git command at the top of a repository. Raises ``OkxlintError`` if git cannot run."""
    import subprocess

    try:
        done = subprocess.run(
            [_program(), *_FLAGS, *arguments],
            cwd=root,
            env=_environment(),
            input=data,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise _cannot_run(error) from error
    return Answer(done.returncode, done.stdout, os.fsdecode(done.stderr))


def refused(root: str, answer: Answer) -> OkxlintError:
    """What to tell of a command that git refused, whatever was asked."""
    from shlex import quote

    if "safe.directory" in answer.errors:
        return OkxlintError(
            f"git does not read {root}, which belongs to another user",
            f"If you trust it: git config --global --add safe.directory {quote(root)}",
        )
    if answer.reason.startswith("not a git repository"):
        return OkxlintError(
            f"there is no git repository at {root}: {answer.reason}",
            "Run okxlint in a clone; 'git rev-parse --show-toplevel' says where its top is.",
        )
    return OkxlintError(
        f"git cannot read the repository at {root}: {answer.reason}",
        f"'git -C {quote(root)} fsck' says more.",
    )


def ignored(root: str, paths: Sequence[str]) -> set[str]:
    """Those of some absolute paths below ``root`` that git ignores.

    Raises ``OkxlintError`` if git refuses to say.
    """
    answer = _check_ignore(root, paths)
    if answer.code not in (0, 1):
        # git refuses the whole question if one path of it is in a submodule.
        inner = tuple(_submodules(root))
        outer = [path for path in paths if not path.startswith(inner)]
        if len(outer) < len(paths):
            answer = _check_ignore(root, outer)
    if answer.code not in (0, 1):
        raise refused(root, answer)
    return {os.fsdecode(path) for path in answer.output.split(b"\0")}


def _check_ignore(root: str, paths: Iterable[str]) -> Answer:
    asked = b"\0".join(map(os.fsencode, paths))
    return run(root, "check-ignore", "-z", "--stdin", data=asked)


def _submodules(root: str) -> Iterable[str]:
    for line in run(root, "ls-files", "-z", "--stage").output.split(b"\0"):
        about, _, path = line.partition(b"\t")
        if about.startswith(_SUBMODULE):
            yield os.path.join(root, os.fsdecode(path), "")


class Objects:
    """The blobs of a repository, read through one process that begins with the first of them."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._process: Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next read would begin another."""
        process, self._process = self._process, None
        if process:
            # Its streams are closed and it is waited for, whatever it was about to say.
            with suppress(BrokenPipeError), process:
                process.kill()

    def read(self, oid: str, limit: int) -> bytes | None:
        """A blob's bytes, ``limit`` at most; ``None`` if it is not here, or is no blob."""
        if self._process is None:
            self._process = _start(self._root, "cat-file", "--batch")
        asked = cast("IO[bytes]", self._process.stdin)
        answers = cast("IO[bytes]", self._process.stdout)
        in_step = False
        try:
            asked.write(f"{oid}\n".encode())
            asked.flush()
            about = answers.readline().split()
            if about[1:2] != [b"blob"]:
                in_step = about[1:] == [b"missing"]
                return None
            size = int(about[2])
            data = answers.read(min(size, limit))
            # What is over the limit is not worth waiting for: the process is given up.
            in_step = size <= limit and answers.read(1) == b"\n"
            return data if in_step or len(data) == limit else None
        except BrokenPipeError:
            return None
        finally:
            if not in_step:
                self.close()


def _start(root: str, *arguments: str) -> Popen[bytes]:
    from subprocess import DEVNULL, PIPE, Popen

    command = [_program(), *_FLAGS, *arguments]
    try:
        return Popen(command, cwd=root, env=_environment(), stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    except OSError as error:
        raise _cannot_run(error) from error


def _program() -> str:
    """The git on the caller's PATH, which is never one that lies in the working directory."""
    for folder in filter(os.path.isabs, os.get_exec_path()):
        for name in ("git", "git.exe"):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return path
    raise OkxlintError("git is not installed", "Install git, or put it on the PATH.")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    for name in _RELATIVE:
        if kept.get(name):
            kept[name] = os.path.abspath(kept[name])
    return kept | _SET


def _cannot_run(error: OSError) -> OkxlintError:
    return OkxlintError(f"git cannot be run: {error.strerror}", "'git --version' has to work here.")
