"""What the client was told of each file, by every folder that has something to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lsprotocol import types
from pygls.lsp.server import LanguageServer

Told = Mapping[str, list[types.Diagnostic]]
"""By URI."""


class Board:
    """Tells the client what is found, and of no file twice the same.

    A file may be read by several folders, a policy above them for instance: what they find of it is
    told together.
    """

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._by_folder: dict[str, Told] = {}
        self._shown: dict[str, list[types.Diagnostic]] = {}

    def put(self, folder: str, told: Told, versions: Mapping[str, int | None]) -> None:
        """Take what a folder says now in place of what it said. ``versions`` are the texts'."""
        before = self._by_folder.get(folder, {})
        self._by_folder[folder] = told
        self._show({*before, *told}, versions)

    def drop(self, folder: str) -> None:
        """A folder says nothing any more."""
        self._show(self._by_folder.pop(folder, {}), {})

    def _show(self, uris: Iterable[str], versions: Mapping[str, int | None]) -> None:
        for uri in sorted(uris):
            now: list[types.Diagnostic] = []
            for told in self._by_folder.values():
                here = told.get(uri, [])
                now = now + [each for each in here if each not in now] if now else here
            if now or self._shown.get(uri):
                self._server.text_document_publish_diagnostics(
                    types.PublishDiagnosticsParams(uri, now, versions.get(uri))
                )
            self._shown[uri] = now
