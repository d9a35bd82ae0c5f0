"""What an override or a custom rule is for: globs over an object's names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, get_args

from okxlint.field_types import Environment
from okxlint.globs import compile_glob, is_glob
from okxlint.inventory import App, Key
from okxlint.record import Record

FIELDS: dict[str, tuple[str, ...]] = {
    "key": ("account", "app", "key", "environment", "path"),
    "app": ("app", "path"),
    "account": ("account", "path"),
    "file": ("path",),
    "policy": (),
}
"""What an object of each kind can be told by."""


class Match(Record):
    """Globs, all of which must fit. ``None`` fits everything."""

    account: str | None = None
    app: str | None = None
    """Fits a key if it fits one of its apps."""
    key: str | None = None
    """A key's label."""
    environment: str | None = None
    path: str | None = None
    """Of the manifest, relative to ``folder``: ``*`` stays inside one part, ``**`` does not."""
    folder: str = ""
    """As reports name it: relative to the repository's root, which is ``""``."""

    @property
    def stated(self) -> tuple[str, ...]:
        """The fields that it has globs for."""
        return tuple(name for name in FIELDS["key"] if getattr(self, name) is not None)

    @property
    def text(self) -> str:
        """As people say it: ``environment demo, account main``."""
        return ", ".join(f"{name} {getattr(self, name)}" for name in self.stated)

    @property
    def globs(self) -> dict[str, str]:
        """By field; the path relative to the repository's root."""
        found = {name: getattr(self, name) for name in self.stated}
        if self.path is not None:
            found["path"] = posixpath.join(literal(self.folder), self.path)
        return found

    def fits(self, target: Any) -> bool:
        """Whether it is for an account, app, key or file."""
        return all(
            any(fnmatchcase(name, getattr(self, stated)) for name in names_of(target, stated))
            for stated in self.stated
            if stated != "path"
        ) and (self.path is None or self._fits_path(target))

    def may_meet(self, other: Match) -> bool:
        """Whether there may be an object that both fit; only if surely not, it is false.

        Of the apps nothing is sure: one key may have several.
        """
        mine, theirs = self.globs, other.globs
        return not any(
            _apart(name, mine[name], theirs[name])
            for name in mine.keys() & theirs.keys()
            if name != "app"
        )

    def _fits_path(self, target: Any) -> bool:
        source = getattr(target.origin if hasattr(target, "origin") else target, "source", None)
        return source is not None and _path_fits(self.folder, self.path or "", source.path)


def literal(path: str) -> str:
    """A glob that fits a path and nothing else."""
    return re.sub(r"([*?[])", r"[\1]", path)


def covers(glob: str, other: str) -> bool:
    """Whether a glob surely fits whatever another one fits."""
    head, star, tail = glob.partition("*")
    if glob == other or not is_glob(other):
        return glob == other or fnmatchcase(other, glob)
    if not star or is_glob(head + tail):
        return False
    # What stands before the first and behind the last wildcard is in every name that it fits.
    start, end = re.split(r"[*?[]", other)[0], re.split(r"[]*?]", other)[-1]
    return start.startswith(head) and end.endswith(tail)


def names_of(target: Any, field: str) -> tuple[str, ...]:
    """What an object has for a field of a match; nothing if it cannot have one."""
    if isinstance(target, Key):
        names = {
            "account": (target.account,),
            "app": target.app,
            "key": (target.label,),
            "environment": (target.environment,),
        }
        return names[field]
    if field == ("app" if isinstance(target, App) else "account"):
        return (target.name,) if hasattr(target, "name") else ()
    return ()


def described(kinds: Iterable[str]) -> str:
    """Kinds of objects with their articles: ``a key or an app``."""
    return " or ".join(f"an {kind}" if kind[0] == "a" else f"a {kind}" for kind in kinds)


def _apart(field: str, one: str, other: str) -> bool:
    """Whether no name fits both globs: with two wildcards nobody knows, but of environments."""
    if field == "environment":
        return not any(fnmatchcase(n, one) and fnmatchcase(n, other) for n in get_args(Environment))
    if is_glob(one) and is_glob(other):
        return False
    if is_glob(one):
        one, other = other, one
    if field == "path":
        return compile_glob(other).fullmatch(one) is None
    return not fnmatchcase(one, other)


@lru_cache(maxsize=1 << 12)
def _path_fits(folder: str, glob: str, path: str) -> bool:
    if posixpath.isabs(path) != posixpath.isabs(folder):
        return False  # one is in the repository, the other is not
    inside = posixpath.join(folder, "") if folder else ""
    return path.startswith(inside) and bool(compile_glob(glob).fullmatch(path[len(inside) :]))
