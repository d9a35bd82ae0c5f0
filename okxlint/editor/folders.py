"""The folders that an editor has open, each checked as a whole when something in it changes."""

from __future__ import annotations

import asyncio
import os
import re
import traceback
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from okxlint.editor.board import Board
from okxlint.editor.checked import Checked, Settings, check
from okxlint.editor.protocol import SOURCE, View
from okxlint.errors import OkxlintError, PolicyError
from okxlint.paths import SUFFIXES, absolute, find_tree, is_inside
from okxlint.secrets.redact import visible

_QUIET = 0.15
"""Seconds without a change before a check begins."""
_MANIFEST = re.compile(r"^(?:accounts|apps|keys):", re.MULTILINE)
_TOP = types.Range(types.Position(0, 0), types.Position(0, 1))


class Folders:
    """What is known of each folder, and what the client was told of it."""

    def __init__(self, server: LanguageServer, settings: Settings) -> None:
        self._server = server
        self._settings = settings
        self._checked: dict[str, Checked] = {}
        self._sound: dict[str, Checked] = {}
        """The last checks in which every file was YAML."""
        self._read: dict[str, set[str]] = {}
        """The files on which the last check of a folder depended."""
        self._board = Board(server)
        self._said: dict[str, list[str]] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        # One check at a time: each has the processor for itself, and the reader is not reentrant.
        self._turn = asyncio.Lock()

    def touch(self, uri: str) -> None:
        """A file has changed: what depends on it is checked after a moment of quiet."""
        path = path_of(uri)
        if path is None or not path.endswith(SUFFIXES):
            return
        reading = (folder for folder, read in self._read.items() if path in read)
        for folder in sorted({self._folder_of(path), *reading}):
            self._check_soon(folder)

    def leave(self, uri: str) -> None:
        """A file is closed. What was looked at for it alone is told no longer."""
        path = path_of(uri)
        folder = self._folder_of(path) if path else ""
        if self._is_wanted(folder):
            self.touch(uri)
        else:
            self._drop(folder)

    def begin_anew(self) -> None:
        """The client has other folders: which file is whose is to be found out again."""
        for folder in {*self._read, *self._waiting}:
            self._drop(folder)
        for path in self._open():
            self.touch(self._uri_of(path))

    def _drop(self, folder: str) -> None:
        self._forget(folder)
        for known in (self._checked, self._sound, self._read, self._said):
            known.pop(folder, None)
        self._board.drop(folder)

    def _check_soon(self, folder: str) -> None:
        self._forget(folder)
        self._waiting[folder] = self._begin(self._when_quiet(folder))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(self._failed)
        return task

    def close(self) -> None:
        """Nothing that has not begun begins any more."""
        for folder in list(self._waiting):
            self._forget(folder)

    async def last_sound(self, uri: str) -> Checked | None:
        """The last check in which all was YAML: what is typed seldom is, and names are wanted."""
        path = path_of(uri)
        folder = self._folder_of(path) if path else ""
        checked = self._sound.get(folder) or self._checked.get(folder)
        if checked is None:
            found = await self.view(uri)
            return found[0].checked if found else None
        return checked if path in checked.files else None

    async def view(self, uri: str) -> tuple[View, str] | None:
        """The check of what a file now says, and the file's path; ``None`` if it is no manifest."""
        path = path_of(uri)
        if path is None:
            return None
        folder = self._folder_of(path)
        if folder in self._waiting:
            self._forget(folder)
            # A question may be taken back while it is answered; the check goes on all the same.
            await asyncio.wait([self._begin(self._check(folder))])
        async with self._turn:
            checked = self._checked.get(folder)
        if checked is None or path not in checked.files:
            return None
        return View(checked, self.encoding, self._uri_of), path

    async def _when_quiet(self, folder: str) -> None:
        await asyncio.sleep(_QUIET)
        del self._waiting[folder]
        await self._check(folder)

    def _forget(self, folder: str) -> None:
        waiting = self._waiting.pop(folder, None)
        if waiting:
            waiting.cancel()

    async def _check(self, folder: str) -> None:
        async with self._turn:
            open_ = self._open()
            texts = {path: document.source for path, document in open_.items()}
            versions = {self._uri_of(path): each.version for path, each in open_.items()}
            self._checked.pop(folder, None)
            found: Checked | OkxlintError
            try:
                found = await asyncio.to_thread(check, folder, texts, self._settings)
            except OkxlintError as error:
                found = error
            # It may have been closed meanwhile.
            if self._is_wanted(folder):
                self._take(folder, found, texts, versions)

    def _is_wanted(self, folder: str) -> bool:
        """Whether the client has a folder open, or a file for which it is looked at."""
        is_open = any(self._folder_of(path) == folder for path in self._open())
        return is_open or folder in self._client_folders()

    def _take(
        self,
        folder: str,
        found: Checked | OkxlintError,
        texts: Mapping[str, str],
        versions: Mapping[str, int | None],
    ) -> None:
        """Keep what a check came to, and tell it."""
        if isinstance(found, OkxlintError):
            self._read.setdefault(folder, set()).update(self._places(folder, found))
            self._tell(folder, self._of_error(folder, found, texts), versions)
            self._say(folder, [f"{found.message}\n{found.hint}".strip()])
            return
        self._checked[folder] = found
        self._read[folder] = set(found.files)
        if not any(each.rule == "yaml-syntax" for each in found.report.findings):
            self._sound[folder] = found
        view = View(found, self.encoding, self._uri_of)
        self._tell(folder, {path: view.diagnostics(path) for path in found.files}, versions)
        unknown = (each for each in found.report.unknown if not each.accepted)
        # A folder without a manifest is most folders' state, and no news.
        self._say(folder, [each.message for each in unknown if each.kind != "no-manifest"])

    def _tell(
        self,
        folder: str,
        told: Mapping[str, list[types.Diagnostic]],
        versions: Mapping[str, int | None],
    ) -> None:
        """Tell of the files, by path, that are the folder's or in no folder of the client."""
        ours = self._client_folders()
        kept = {
            self._uri_of(path): each
            for path, each in told.items()
            if self._folder_of(path) == folder or self._folder_of(path) not in ours
        }
        self._board.put(folder, kept, versions)

    def _places(self, folder: str, error: OkxlintError) -> Iterator[str]:
        """The policy files that are wrong, by path."""
        root = find_tree(folder).root
        for problem in error.problems if isinstance(error, PolicyError) else ():
            yield os.path.join(root, problem.path)

    def _of_error(
        self, folder: str, error: OkxlintError, texts: Mapping[str, str]
    ) -> dict[str, list[types.Diagnostic]]:
        """Why nothing was checked: where the policy is wrong, and on each manifest that is open."""
        told: dict[str, list[types.Diagnostic]] = {}
        problems = error.problems if isinstance(error, PolicyError) else ()
        for path, problem in zip(self._places(folder, error), problems, strict=True):
            at = types.Position(problem.line - 1, problem.column - 1)
            told.setdefault(path, []).append(_error(types.Range(at, at), problem.message))
        for path, text in texts.items():
            if is_inside(path, folder) and _MANIFEST.search(text):
                message = f"not checked: {visible(error.message)}"
                told.setdefault(path, []).append(_error(_TOP, message))
        return told

    def _say(self, folder: str, messages: list[str]) -> None:
        """Show what no file can show, once."""
        for message in messages:
            if message not in self._said.get(folder, []):
                shown = "\n".join(map(visible, message.split("\n")))
                self._server.window_show_message(
                    types.ShowMessageParams(types.MessageType.Warning, f"okxlint: {shown}")
                )
        self._said[folder] = messages

    def _failed(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error:
            traceback.print_exception(error)
            message = f"okxlint could not check: {type(error).__name__}; its log says more"
            self._server.window_show_message(
                types.ShowMessageParams(types.MessageType.Error, message)
            )

    @property
    def encoding(self) -> str:
        """The units in which the client counts columns."""
        agreed = self._server.workspace.position_encoding or "utf-16"
        encoding: str = types.PositionEncodingKind(agreed).value
        return encoding

    def _open(self) -> dict[str, TextDocument]:
        """The files that the client has open, by absolute path."""
        documents = self._server.workspace.text_documents.values()
        by_path = {path_of(document.uri): document for document in documents}
        return {path: each for path, each in by_path.items() if path}

    def _uri_of(self, path: str) -> str:
        for document in self._server.workspace.text_documents.values():
            if path_of(document.uri) == path:
                return str(document.uri)
        return uris.from_fs_path(path) or ""

    def _client_folders(self) -> set[str]:
        """The folders that the client has open."""
        workspace = self._server.workspace
        # A client of old has one folder, which it calls the root.
        open_ = workspace.folders or [workspace.root_uri or ""]
        return {path for path in map(path_of, open_) if path}

    def _folder_of(self, path: str) -> str:
        """The client's folder that a file is in, else its repository, else its own folder."""
        around = [each for each in self._client_folders() if is_inside(path, each)]
        return max(around, key=len, default="") or find_tree(os.path.dirname(path)).root


def path_of(uri: str) -> str | None:
    """The absolute path that a URI names; ``None`` if it names no file."""
    path = uris.to_fs_path(uri) if uri.startswith("file:") else None
    return absolute(path, os.sep) if path else None


def _error(place: types.Range, message: str) -> types.Diagnostic:
    return types.Diagnostic(place, message, types.DiagnosticSeverity.Error, source=SOURCE)
