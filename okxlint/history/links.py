"""Where a path leads if the links to folders in the repository are those of a commit."""

from __future__ import annotations

import os
from collections.abc import Callable

_MOST = 40
"""So many links one path may lead over, as on Linux."""


class Links:
    """The links of a commit, and outside of the repository those of the file system.

    Those of the work tree lead nowhere: they may come with the change that is to be checked.
    """

    def __init__(self, root: str, target: Callable[[str], str | None]) -> None:
        self._root = _parts(root)
        self._target = target
        """What a link of the commit holds; ``None`` for what is none."""

    def follow(self, path: str) -> str | None:
        """An absolute path without links, its own aside; ``None`` if they lead in a circle."""
        ahead = _parts(path)[::-1]
        done: list[str] = []
        links = 0
        while ahead:
            part = ahead.pop()
            if part == os.pardir:
                del done[-1:]
            elif part != os.curdir:
                done.append(part)
                target = self._leads_to(_joined(done)) if ahead else None
                if target is not None:
                    links += 1
                    if links > _MOST:
                        return None
                    done = [] if target.startswith("/") else done[:-1]
                    ahead += _parts(target)[::-1]
        return _joined(done)

    def inside(self, path: str) -> str | None:
        """An absolute path relative to the repository's top; ``None`` if it is outside."""
        parts, top = _parts(path), len(self._root)
        return "/".join(parts[top:]) if parts[:top] == self._root else None

    def _leads_to(self, path: str) -> str | None:
        inside = self.inside(path)
        if inside:
            return self._target(inside)
        return os.readlink(path) if os.path.islink(path) else None


def _joined(parts: list[str]) -> str:
    return os.sep + os.sep.join(parts)


def _parts(path: str) -> list[str]:
    return [part for part in path.replace(os.sep, "/").split("/") if part]
