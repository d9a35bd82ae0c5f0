"""The files that a policy is made of: itself and all that it extends, parents first."""

from __future__ import annotations

import os.path
import posixpath

from okxlint import resources
from okxlint.errors import Unreadable
from okxlint.files import Files, WorkFiles
from okxlint.paths import SUFFIXES, Tree, is_inside, read_bytes
from okxlint.policy.distributions import NotInstalled, normalized, pack_file
from okxlint.policy.text import PolicyText, Wrong, read_text
from okxlint.suggest import did_you_mean

_DEEPEST = 64
"""So many files may extend one another in a row."""
_TOO_DEEP = f"more than {_DEEPEST} files extend one another"


class Chain:
    """Follows ``extends`` upwards. ``problems`` is what is wrong with that.

    What a parent shares with an earlier one counts once, at the earlier place: two teams' policies
    that both extend ``recommended`` do not undo one another. The parents that a policy names itself
    are each taken in their place.
    """

    def __init__(self, tree: Tree, files: Files) -> None:
        self.tree = tree
        self.files = files
        self.problems: list[Wrong] = []
        self._texts: dict[tuple[str, bool], PolicyText] = {}
        """By path, and whether it is a pack."""

    def of(self, text: PolicyText) -> list[PolicyText]:
        """A policy's chain, itself last."""
        return [*self._expanded(text, (text,))]

    def pack(self, name: str) -> PolicyText:
        """A pack that comes with okxlint."""
        return self._text(name, resources.pack_path(name), is_pack=True)

    def installed(self, name: str) -> PolicyText:
        """``DISTRIBUTION:PACK``. Raises ``NotInstalled``."""
        distribution, _, pack = name.partition(":")
        shown = f"{normalized(distribution)}:{pack}"
        return self._text(shown, pack_file(distribution, pack), is_pack=True)

    def file(self, path: str) -> PolicyText:
        """A policy file by its absolute path. Raises ``Unreadable``."""
        shown = self.tree.shown(path)
        if "/" not in shown and (shown in resources.packs() or ":" in shown):
            shown = f"./{shown}"  # so it is written, too: without that it would be a pack
        return self._text(shown, path, is_pack=False)

    def _text(self, shown: str, path: str, is_pack: bool) -> PolicyText:
        if (path, is_pack) not in self._texts:
            # A pack is what is installed, whatever the files of the policy are read from.
            data = read_bytes(path, shown) if is_pack else self.files.read(path, shown)
            text = read_text(shown, data, os.path.dirname(path), is_pack)
            self._texts[path, is_pack] = text
        return self._texts[path, is_pack]

    def _expanded(self, text: PolicyText, way: tuple[PolicyText, ...]) -> list[PolicyText]:
        if not text.chain:
            chain: list[PolicyText] = []
            for number, name in enumerate(text.written.extends):
                parent = self._parent(text, number, name, way)
                if parent is None:
                    continue
                for one in self._expanded(parent, (*way, parent)):
                    if one is parent or one not in chain:
                        chain.append(one)
            text.chain.extend((*chain, text))
        return text.chain

    def _parent(
        self, text: PolicyText, number: int, name: str, way: tuple[PolicyText, ...]
    ) -> PolicyText | None:
        names = [each.shown for each in way]
        try:
            parent = self._found(text, name)
            names.append(parent.shown)
            if parent not in way and len(way) < _DEEPEST:
                return parent
            problem = f"'{name}' extends itself" if parent in way else _TOO_DEEP
        except (NotInstalled, Unreadable) as error:
            names.append(name)
            problem = str(error)
        place = text.origin.at("extends", number)
        self.problems.append(Wrong(place, f"{problem} ({' -> '.join(names)})"))
        return None

    def _found(self, text: PolicyText, name: str) -> PolicyText:
        if name in resources.packs():
            return self.pack(name)
        if ":" in name and "/" not in name:
            return self.installed(name)
        if not _is_path(name):
            raise NotInstalled(f"there is no pack '{name}'{did_you_mean(name, resources.packs())}")
        if os.path.isabs(name) or "\0" in name:
            raise NotInstalled(f"'{name}' is no path relative to this file")
        files = WorkFiles() if text.is_pack else self.files
        path = files.absolute(name, text.folder)
        around = self._boundary(text)
        if not is_inside(files.real(path), around):
            where = "the repository" if around == self.tree.root else "the folder of this file"
            raise NotInstalled(f"'{name}' is outside of {where}")
        if not files.exists(path):
            raise NotInstalled(f"there is no file '{name}'{_nearest(path, files, text)}")
        if text.is_pack:
            return self._text(_beside(text.shown, name), path, is_pack=True)
        return self.file(path)

    def _boundary(self, text: PolicyText) -> str:
        """Where a file's parents must be: in its repository, or else beside or below it."""
        inside = is_inside(text.folder, self.tree.root) and not text.is_pack
        return self.tree.root if inside else text.folder


def _is_path(name: str) -> bool:
    return "/" in name or os.sep in name or name.endswith((".yaml", ".yml"))


def _nearest(path: str, files: Files, text: PolicyText) -> str:
    """The policy file in the same folder that may be meant; never the one that names it."""
    folder, name = os.path.split(path)
    own = os.path.basename(text.shown) if folder == text.folder else ""
    try:
        names = [each for each in os.listdir(folder) if each.endswith(SUFFIXES) and each != own]
    except OSError:
        return ""
    return did_you_mean(name, [each for each in names if files.exists(os.path.join(folder, each))])


def _beside(shown: str, name: str) -> str:
    """How a file is shown that a pack names: ``DISTRIBUTION:FILE``."""
    distribution, _, own = shown.partition(":")
    return f"{distribution}:{posixpath.normpath(posixpath.join(posixpath.dirname(own), name))}"
