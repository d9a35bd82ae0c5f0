"""The server of ``okxlint lsp``: what an editor asks, and what it is answered.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from okxlint import __version__
from okxlint.editor.actions import actions, fix_all
from okxlint.editor.checked import Settings
from okxlint.editor.completion import complete
from okxlint.editor.folders import Folders
from okxlint.editor.hover import hover
from okxlint.editor.lines import Lines
from okxlint.editor.protocol import FIX_ALL, completions

_Touched = (
    types.DidOpenTextDocumentParams
    | types.DidChangeTextDocumentParams
    | types.DidSaveTextDocumentParams
)
_TOUCHING = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_SAVE,
)
_WATCHED = [types.FileSystemWatcher(glob_pattern="**/*.{yaml,yml}")]
_KINDS = [types.CodeActionKind.QuickFix, FIX_ALL]
_TRIGGERS = [" ", ":", "[", ",", "{"]


def serve(settings: Settings) -> int:
    """Speak with an editor over standard input and output until it leaves; the exit status.

    That is 1 if it leaves by ``exit`` without ``shutdown`` before, as the protocol has it.
    """
    # Whole texts: where a line ends is then not for anyone else to know.
    server = LanguageServer("okxlint", __version__, types.TextDocumentSyncKind.Full)
    folders = Folders(server, settings)
    leaving: list[str] = []
    _begin_and_end(server, folders, leaving)
    _listen(server, folders)
    _answer(server, folders)
    answers = sys.stdout.buffer
    # Whatever else is printed must not come between the answers.
    sys.stdout = sys.stderr
    server.start_io(sys.stdin.buffer, answers)
    return int(leaving == [types.EXIT])


def _listen(server: LanguageServer, folders: Folders) -> None:
    """What the editor tells of files."""

    async def touched(params: _Touched) -> None:
        folders.touch(params.text_document.uri)

    for event in _TOUCHING:
        server.feature(event)(touched)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        folders.leave(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def moved(params: types.DidChangeWorkspaceFoldersParams) -> None:
        folders.begin_anew()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def on_disk(params: types.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            folders.touch(change.uri)


def _begin_and_end(server: LanguageServer, folders: Folders, leaving: list[str]) -> None:
    @server.feature(types.INITIALIZED)
    async def ready(params: types.InitializedParams) -> None:
        workspace = server.client_capabilities.workspace
        watching = workspace and workspace.did_change_watched_files
        if watching and watching.dynamic_registration:
            options = types.DidChangeWatchedFilesRegistrationOptions(_WATCHED)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            wanted = types.Registration("okxlint-files", method, options)
            # A client that cannot after all is told of files when they are opened or saved.
            with suppress(JsonRpcException):
                await server.client_register_capability_async(types.RegistrationParams([wanted]))

    @server.feature(types.SHUTDOWN)
    async def shut_down(params: None) -> None:
        leaving.append(types.SHUTDOWN)
        folders.close()

    # Not async: the next line would be waited for meanwhile, and perhaps for ever.
    @server.feature(types.EXIT)
    def left(params: None) -> None:
        leaving.append(types.EXIT)


def _answer(server: LanguageServer, folders: Folders) -> None:
    """What the editor asks."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def on_hover(params: types.HoverParams) -> types.Hover | None:
        found = await folders.view(params.text_document.uri)
        if found is None:
            return None
        view, path = found
        told = hover(view.checked, path, view.offset(path, params.position))
        if told is None:
            return None
        text = types.MarkupContent(types.MarkupKind.Markdown, told.text)
        return types.Hover(text, view.stretch(path, told.start, told.end))

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(_KINDS))
    async def on_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        found = await folders.view(params.text_document.uri)
        if found is None:
            return []
        view, path = found
        start, end = (view.offset(path, each) for each in (params.range.start, params.range.end))
        offered = list(actions(view.checked, path, start, end))
        everything = fix_all(view.checked, path)
        offered += [everything] if everything else []
        version = _version(server, params.text_document.uri)
        made_of = (view.action(path, each, version) for each in offered)
        return [each for each in made_of if _is_wanted(each, params.context.only)]

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(_TRIGGERS))
    async def on_completion(params: types.CompletionParams) -> types.CompletionList | None:
        uri = params.text_document.uri
        checked = await folders.last_sound(uri)
        if checked is None:
            return None
        text = server.workspace.get_text_document(uri).source
        lines = Lines(text, folders.encoding)
        offset = lines.offset(params.position.line, params.position.character)
        start, offers = complete(checked, text, offset)
        return completions(offers, types.Position(*lines.position(start)), params.position)


def _version(server: LanguageServer, uri: str) -> int | None:
    """The version of a text, if the client can tell one from another."""
    workspace = server.client_capabilities.workspace
    edits = workspace and workspace.workspace_edit
    if not edits or not edits.document_changes:
        return None
    return server.workspace.get_text_document(uri).version


def _is_wanted(action: types.CodeAction, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether an action is of a kind that is asked for, or of one below it."""
    kind = _word(action.kind)
    return not only or any(f"{kind}.".startswith(f"{_word(each)}.") for each in only)


def _word(kind: types.CodeActionKind | str | None) -> str:
    return str(kind.value if isinstance(kind, types.CodeActionKind) else kind)
