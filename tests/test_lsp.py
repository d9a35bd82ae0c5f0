"""``okxlint lsp`` as editors use it: a client that is not ours, able to do what they are."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import Workspace
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from okxlint.editor.checked import Checked, Settings, check
from okxlint.editor.folders import Folders
from tests.asking import okxlint
from tests.test_cli import ROOT

COMMAND = [sys.executable, "-P", "-m", "okxlint", "lsp", "--as-of", "2026-11-22"]
MANIFEST = """\
version: 1
accounts: [{name: main, type: master}]
apps: [{name: grid, owner: é🔑}]
keys:
  - label: bot-1
    account: main
    app: grid
    permissions: [trade, withdraw]
    created: 2026-10-01
"""
UUID = "1e4f0c2a-0f0e-4b1c-9d3a-10fe7a031a2b"
EDITORS = ["visual_studio_code", "neovim@v0.11", "emacs"]


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=COMMAND), params=EDITORS
)
async def client(
    request: pytest.FixtureRequest, lsp_client: LanguageClient, tmp_path: Path
) -> AsyncIterator[None]:
    """An editor that has the folder open in which a test puts its files."""

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def watch(params: types.RegistrationParams) -> None:
        (wanted,) = params.registrations
        assert wanted.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES

    uri = tmp_path.as_uri()
    folders = [types.WorkspaceFolder(uri, "desk")]
    capabilities = client_capabilities(request.param)
    await lsp_client.initialize_session(
        types.InitializeParams(capabilities, root_uri=uri, workspace_folders=folders)
    )
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    config=ClientServerConfig(server_command=COMMAND)
)
async def lsp_folders(lsp_client: LanguageClient, tmp_path: Path) -> AsyncIterator[None]:
    """An editor that has two folders of one repository open."""
    top = repository(tmp_path / "repo")
    folders = [types.WorkspaceFolder((top / name).as_uri(), name) for name in ("a", "b")]
    capabilities = client_capabilities("neovim")
    await lsp_client.initialize_session(
        types.InitializeParams(capabilities, workspace_folders=folders)
    )
    yield
    await lsp_client.shutdown_session()


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something is so; it must be within a minute."""
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


class File:
    """A manifest that is open."""

    def __init__(self, client: LanguageClient, path: Path) -> None:
        self.client = client
        self.path = path
        self.uri = path.as_uri()
        self.id = types.TextDocumentIdentifier(self.uri)
        self.text = ""
        self.version = 0

    async def open(self, text: str, *, saved: bool = True) -> Sequence[types.Diagnostic]:
        self.text, self.version = text, 1
        if saved:
            self.path.write_text(text, newline="")
        item = types.TextDocumentItem(self.uri, "yaml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.published()

    async def write(self, text: str) -> Sequence[types.Diagnostic]:
        self.text, self.version = text, self.version + 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )
        return await self.published()

    async def published(self) -> Sequence[types.Diagnostic]:
        """What is told of all as it is now: it comes before the answer to any question."""
        top = types.HoverParams(self.id, types.Position(0, 0))
        await self.client.text_document_hover_async(top)
        return self.told

    @property
    def told(self) -> Sequence[types.Diagnostic]:
        """What the editor shows."""
        return self.client.diagnostics.get(self.uri, ())

    def at(self, word: str, inside: int = 0) -> types.Position:
        """Where a word begins, in the units of the editor."""
        return self.place(self.text[: self.text.index(word) + inside])

    def place(self, before: str) -> types.Position:
        """Where a beginning of the text ends."""
        codec, width = self.units
        line = before.rpartition("\n")[2]
        return types.Position(before.count("\n"), len(line.encode(codec)) // width)

    @property
    def units(self) -> tuple[str, int]:
        """The encoding that the editor prefers, and the bytes of a unit of it."""
        assert self.client.capabilities
        general = self.client.capabilities.general
        wanted = (general and general.position_encodings) or ["utf-16"]
        widths = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
        return widths[wanted[0]]

    def applied(self, edit: types.WorkspaceEdit) -> str:
        """The text after an edit of it."""
        if edit.document_changes:
            (change,) = edit.document_changes
            assert isinstance(change, types.TextDocumentEdit)
            assert change.text_document.version == self.version
            edits = change.edits
        else:
            edits = (edit.changes or {})[self.uri]
        text = self.text
        for each in reversed(edits):
            assert isinstance(each, types.TextEdit)
            start, end = (self.offset(place) for place in (each.range.start, each.range.end))
            text = text[:start] + each.new_text + text[end:]
        return text

    def offset(self, place: types.Position) -> int:
        lines = self.text.split("\n")
        before = sum(len(line) + 1 for line in lines[: place.line])
        if place.line == len(lines):
            return before - 1
        codec, width = self.units
        units = lines[place.line].encode(codec)[: width * place.character]
        return before + len(units.decode(codec))

    async def actions(
        self, word: str, only: Sequence[types.CodeActionKind | str] | None = None
    ) -> dict[str, types.CodeAction]:
        place = types.Range(self.at(word), self.at(word))
        context = types.CodeActionContext([], only=only)
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(self.id, place, context)
        )
        return {each.title: each for each in found or () if isinstance(each, types.CodeAction)}


@pytest.fixture(name="manifest")
def manifest_fixture(client: LanguageClient, tmp_path: Path) -> File:
    return File(client, tmp_path / "okx-keys.yaml")


def rules(diagnostics: Sequence[types.Diagnostic]) -> set[str]:
    return {str(each.code) for each in diagnostics}


# -- what is told ----------------------------------------------------------------------------


async def test_a_finding_comes_and_goes_while_one_types(manifest: File) -> None:
    found = await manifest.open(MANIFEST)
    (withdraw,) = (each for each in found if each.code == "no-withdraw")
    assert withdraw.severity is types.DiagnosticSeverity.Error
    assert withdraw.source == "okxlint"
    assert withdraw.message.startswith("key 'bot-1' of account 'main' can withdraw funds\nCreate")
    assert withdraw.range == types.Range(manifest.at("withdraw"), manifest.at("]\n    created"))
    assert "no-withdraw" not in rules(await manifest.write(MANIFEST.replace(", withdraw", "")))
    assert manifest.path.read_text() == MANIFEST


async def test_nobody_need_ask(manifest: File, client: LanguageClient) -> None:
    item = types.TextDocumentItem(manifest.uri, "yaml", 1, MANIFEST)
    manifest.path.write_text("version: 1\n")
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await eventually(lambda: "no-withdraw" in rules(manifest.told))


async def test_columns_are_those_of_the_editor(manifest: File) -> None:
    text = MANIFEST.replace("owner: é🔑}", "owner: é🔑, x: 1}")
    found = await manifest.open(text)
    (wrong,) = (each for each in found if each.code == "manifest-schema")
    assert wrong.range == types.Range(manifest.at("x: 1"), manifest.at(": 1}"))


async def test_findings_of_other_files_are_told_and_taken_back(
    manifest: File, client: LanguageClient, tmp_path: Path
) -> None:
    (tmp_path / "okx-keys").mkdir()
    other = File(client, tmp_path / "okx-keys" / "other.yaml")
    other.path.write_text(f"version: 1\n{MANIFEST[MANIFEST.index('keys:') :]}")
    await manifest.open(MANIFEST)
    (second,) = (each for each in other.told if each.code == "unique-label")
    (first,) = second.related_information or ()
    assert first.location == types.Location(
        manifest.uri, types.Range(manifest.at("bot-1"), manifest.at("\n    account: main"))
    )
    await manifest.write(MANIFEST.replace("bot-1", "bot-2"))
    assert "unique-label" not in rules(other.told)
    other.path.unlink()
    client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams(
            [types.FileEvent(other.uri, types.FileChangeType.Deleted)]
        )
    )
    await manifest.published()
    assert not other.told


async def test_a_policy_that_is_wrong_is_told_where_it_is(
    manifest: File, client: LanguageClient, tmp_path: Path
) -> None:
    policy = tmp_path / "okxlint.yaml"
    policy.write_text("version: 1\nrules: {max-aeg: off}\n")
    (told,) = await manifest.open(MANIFEST)
    assert "not checked" in told.message
    (wrong,) = client.diagnostics[policy.as_uri()]
    assert "did you mean 'max-age'?" in wrong.message
    assert wrong.range.start == types.Position(1, 8)
    assert "max-aeg" in client.messages[0].message
    policy.write_text("version: 1\nrules: {no-withdraw: off}\n")
    client.text_document_did_save(
        types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(policy.as_uri()))
    )
    await manifest.published()
    assert not client.diagnostics[policy.as_uri()]
    assert manifest.told
    assert "no-withdraw" not in rules(manifest.told)


async def test_what_could_not_be_looked_at_is_shown_once(
    manifest: File, client: LanguageClient, tmp_path: Path
) -> None:
    (tmp_path / "okx-keys").mkdir()
    (tmp_path / "okx-keys" / "a.yaml").symlink_to("/etc/hostname")
    await manifest.open(MANIFEST)
    await manifest.write(MANIFEST + "# more\n")
    (shown,) = client.messages
    assert "okx-keys/a.yaml: is a symbolic link" in shown.message


async def test_a_file_that_is_no_manifest_is_nobodys_business(
    manifest: File, client: LanguageClient, tmp_path: Path
) -> None:
    other = File(client, tmp_path / "service.yaml")
    item = types.TextDocumentItem(other.uri, "yaml", 1, "kind: [unfinished\n")
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await manifest.open(MANIFEST)
    assert other.uri not in client.diagnostics
    assert not client.messages
    assert await client.text_document_hover_async(
        types.HoverParams(other.id, types.Position(0, 0))
    ) is None  # fmt: skip
    assert not await other.actions("")
    assert await client.text_document_completion_async(
        types.CompletionParams(other.id, types.Position(0, 0))
    ) is None  # fmt: skip


async def test_a_closed_file_says_what_it_says_on_disk(
    manifest: File, client: LanguageClient
) -> None:
    manifest.path.write_text("version: 1\n")
    assert "no-withdraw" in rules(await manifest.open(MANIFEST, saved=False))
    client.text_document_did_close(types.DidCloseTextDocumentParams(manifest.id))
    assert not await manifest.published()


# -- what is asked ---------------------------------------------------------------------------


async def test_a_hover_tells_of_the_text_as_it_is_now(
    manifest: File, client: LanguageClient
) -> None:
    await manifest.open(MANIFEST)
    text = MANIFEST.replace("2026-10-01", "2026-11-01")
    manifest.text, manifest.version = text, 2
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, manifest.uri),
            [types.TextDocumentContentChangeWholeDocument(text)],
        )
    )
    shown = await client.text_document_hover_async(
        types.HoverParams(manifest.id, manifest.at("2026-11-01"))
    )
    assert shown
    assert isinstance(shown.contents, types.MarkupContent)
    assert "21 days old" in shown.contents.value
    assert shown.range == types.Range(manifest.at("2026-11-01"), manifest.at("2026-11-01", 10))
    nothing = types.HoverParams(manifest.id, types.Position(0, 0))
    assert await client.text_document_hover_async(nothing) is None


async def test_a_fix_and_a_waiver_are_offered(manifest: File) -> None:
    text = MANIFEST + f"    key_id: {UUID}\n"
    await manifest.open(text)
    (fix,) = (
        each for each in (await manifest.actions(UUID, ["quickfix"])).values() if each.is_preferred
    )
    assert fix.edit
    assert manifest.applied(fix.edit) == text.replace(UUID, UUID[-8:])
    (about,) = fix.diagnostics or ()
    assert about.code == "short-key-id"
    everything = await manifest.actions("version", [types.CodeActionKind.SourceFixAll])
    (all_,) = everything.values()
    assert all_.edit
    assert manifest.applied(all_.edit) == text.replace(UUID, UUID[-8:])
    assert not await manifest.actions(UUID, [types.CodeActionKind.Refactor])

    offered = await manifest.actions("withdraw")
    waiver = offered["Add a waiver of no-withdraw, to be filled in"]
    assert waiver.edit
    after = manifest.applied(waiver.edit)
    assert after.startswith(text + "    waivers:\n      - rule: no-withdraw\n")
    filled = after.replace("reason:", "reason: a").replace("_by:", "_by: b@example.com")
    assert "no-withdraw" not in rules(await manifest.write(filled))


async def test_apps_are_offered_while_the_text_is_not_yaml(
    manifest: File, client: LanguageClient
) -> None:
    await manifest.open(MANIFEST)
    text = MANIFEST + "  - label: bot-2\n    app: [gr"
    assert rules(await manifest.write(text)) == {"yaml-syntax"}
    offered = await client.text_document_completion_async(
        types.CompletionParams(manifest.id, manifest.place(text))
    )
    assert isinstance(offered, types.CompletionList)
    (grid,) = offered.items
    assert isinstance(grid.text_edit, types.TextEdit)
    assert grid.text_edit.new_text == "grid"
    assert manifest.offset(grid.text_edit.range.start) == len(text) - 2


async def test_a_text_without_a_file_is_left_alone(client: LanguageClient, tmp_path: Path) -> None:
    draft = File(client, tmp_path / "draft.yaml")
    draft.uri = "untitled:okx-keys.yaml"
    draft.id = types.TextDocumentIdentifier(draft.uri)
    assert not await draft.open(MANIFEST, saved=False)
    assert not await draft.actions("withdraw")
    place = types.CompletionParams(draft.id, draft.at("main, type"))
    assert await client.text_document_completion_async(place) is None


async def test_the_first_thing_asked_may_be_a_completion(
    manifest: File, client: LanguageClient
) -> None:
    manifest.path.write_text(MANIFEST)
    manifest.text = MANIFEST
    item = types.TextDocumentItem(manifest.uri, "yaml", 1, MANIFEST)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    place = manifest.at("grid\n    permissions", 2)
    offered = await client.text_document_completion_async(
        types.CompletionParams(manifest.id, place)
    )
    assert isinstance(offered, types.CompletionList)
    assert [each.label for each in offered.items] == ["grid"]


# -- which folder a file is of ----------------------------------------------------------------


async def test_a_manifest_that_is_not_written_yet(client: LanguageClient, tmp_path: Path) -> None:
    new = File(client, tmp_path / "okx-keys.yaml")
    assert "no-withdraw" in {each.code for each in await new.open(MANIFEST, saved=False)}
    # In a name that no policy has it is none.
    other = File(client, tmp_path / "other.yaml")
    assert not await other.open(MANIFEST, saved=False)


async def test_a_policy_holds_as_it_is_typed(manifest: File, tmp_path: Path) -> None:
    policy = File(manifest.client, tmp_path / "okxlint.yaml")
    assert "no-withdraw" in {each.code for each in await manifest.open(MANIFEST)}
    await policy.open("version: 1\n")
    await policy.write("version: 1\nrules: {no-withdraw: off}\n")
    assert "no-withdraw" not in {each.code for each in await manifest.published()}
    assert policy.path.read_text() == "version: 1\n"
    told = await policy.write("version: 1\nrules: {no-withdrow: off}\n")
    assert "did you mean 'no-withdraw'?" in told[0].message
    await policy.write("version: 1\n")
    assert "no-withdraw" in {each.code for each in await manifest.published()}


def repository(folder: Path) -> Path:
    """A repository with a policy and two folders that have manifests."""
    (folder / ".git").mkdir(parents=True)
    (folder / "okxlint.yaml").write_text("version: 1\nextends: essentials\n")
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "okx-keys.yaml").write_text(MANIFEST)
    return folder


async def test_a_file_outside_of_all_folders_is_checked_with_its_repository(
    client: LanguageClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = repository(tmp_path_factory.mktemp("outside") / "repo")
    text = MANIFEST.replace("main", "other")
    (outside / "okx-keys.yaml").write_text(text)
    stray = File(client, outside / "okx-keys.yaml")
    assert "no-withdraw" in {each.code for each in await stray.open(text)}
    # What was looked at for it alone is told no longer when it is closed.
    client.text_document_did_close(types.DidCloseTextDocumentParams(stray.id))
    await eventually(lambda: not stray.told)


async def test_a_file_is_told_of_by_its_own_folder(
    lsp_folders: LanguageClient, tmp_path: Path
) -> None:
    client, top = lsp_folders, tmp_path / "repo"
    a, b = (File(client, top / name / "okx-keys.yaml") for name in ("a", "b"))
    told = [{each.code for each in await each_.open(MANIFEST)} for each_ in (a, b)]
    assert told[0] == told[1]
    assert "no-withdraw" in told[0]
    # The policy is above both, and in no folder of the client.
    policy = File(client, top / "okxlint.yaml")
    await policy.open("version: 1\nextends: []\n")
    assert not await a.published()
    assert not await b.published()
    (wrong,) = await policy.write("version: 2\n")
    assert "version" in wrong.message
    assert "not checked" in (await a.published())[0].message
    await policy.write("version: 1\nextends: essentials\n")
    assert {each.code for each in await a.published()} == told[0]
    # Of a folder that is closed nothing is told any more, and of one that is opened again it is.
    folder = types.WorkspaceFolder((top / "a").as_uri(), "a")
    change = types.WorkspaceFoldersChangeEvent(added=[], removed=[folder])
    client.text_document_did_close(types.DidCloseTextDocumentParams(a.id))
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
    await b.published()
    await eventually(lambda: not a.told)
    change = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
    assert {each.code for each in await a.open(MANIFEST)} == told[0]


# -- a check that fails ----------------------------------------------------------------------


class Shown:
    """Of a server, what a folder needs."""

    def __init__(self) -> None:
        self.workspace = Workspace(None)
        self.messages: list[types.ShowMessageParams] = []
        self.told: list[types.PublishDiagnosticsParams] = []

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        self.told.append(params)

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        self.messages.append(params)


async def test_a_check_that_fails_for_our_own_fault_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("okxlint.editor.folders.check", fail)
    server = Shown()
    folders = Folders(cast(LanguageServer, server), Settings())
    folders.touch((tmp_path / "okx-keys.yaml").as_uri())
    await eventually(lambda: bool(server.messages))
    (told,) = server.messages
    assert told.type is types.MessageType.Error
    assert told.message == "okxlint could not check: ZeroDivisionError; its log says more"
    assert "ZeroDivisionError" in capsys.readouterr().err


async def test_what_a_closed_folder_came_to_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check goes on while its folder is closed, and while the question for it is taken back."""
    begun, goes_on = threading.Event(), threading.Event()

    def slow(*asked: Any) -> Checked:
        begun.set()
        goes_on.wait(60)
        return check(*asked)

    monkeypatch.setattr("okxlint.editor.folders.check", slow)
    server = Shown()
    uri = (tmp_path / "okx-keys.yaml").as_uri()
    item = types.TextDocumentItem(uri, "yaml", 1, MANIFEST)
    for is_closed in (False, True):
        (tmp_path / "okx-keys.yaml").write_text(MANIFEST)
        server.workspace.put_text_document(item)
        folders = Folders(cast(LanguageServer, server), Settings())
        begun.clear()
        goes_on.clear()
        folders.touch(uri)
        asking = asyncio.create_task(folders.view(uri))
        await asyncio.to_thread(begun.wait, 60)
        asking.cancel()
        if is_closed:
            server.workspace.remove_text_document(uri)
            folders.leave(uri)
        goes_on.set()
        found = await folders.view(uri)
        assert (found is None) is is_closed
        assert bool(server.told) is not is_closed
        server.told.clear()


async def test_what_has_not_begun_when_the_editor_leaves_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    monkeypatch.setattr("okxlint.editor.folders.check", lambda *asked: begun.append(asked))
    folders = Folders(cast(LanguageServer, Shown()), Settings())
    folders.touch((tmp_path / "okx-keys.yaml").as_uri())
    folders.close()
    await asyncio.sleep(0.3)
    assert not begun


# -- the command -----------------------------------------------------------------------------


def message(method: str, number: int | None = None, **params: object) -> bytes:
    said: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(said if number is None else said | {"id": number}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


@pytest.mark.parametrize(
    ("leaving", "status"),
    [(message("shutdown", 2) + message("exit"), 0), (message("exit"), 1), (b"", 0)],
)
def test_it_ends_when_the_editor_leaves(leaving: bytes, status: int, tmp_path: Path) -> None:
    first = message("initialize", 1, processId=None, rootUri=None, capabilities={})
    done = subprocess.run(
        COMMAND, input=first + leaving, cwd=tmp_path, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == status, done.stderr
    answer = json.loads(done.stdout.partition(b"\r\n\r\n")[2].split(b"Content-Length")[0])
    assert answer["result"]["serverInfo"]["name"] == "okxlint"
    assert b"Traceback" not in done.stderr


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['pygls'] = None\n")
    done = okxlint("lsp", cwd=tmp_path, environment={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == (
        "okxlint: the editor's server is not installed\n"
        "  Install okxlint with its extra 'lsp': pip install '.[lsp]' in its clone.\n"
    )


def test_the_settings_in_the_docs_start_it() -> None:
    page = (ROOT / "docs" / "editor.md").read_text()
    blocks = dict(re.findall(r"```(toml|json|lua)\n(.*?)```", page, re.DOTALL))
    helix = tomllib.loads(blocks["toml"])["language-server"]["okxlint"]
    code = json.loads(blocks["json"])
    started = [
        [helix["command"], *helix["args"]],
        [code["glspc.serverCommand"], *code["glspc.serverCommandArguments"]],
        re.findall(r"'(\w+)'", re.findall(r"cmd = \{(.*)\}", blocks["lua"])[0]),
    ]
    assert started == [["okxlint", "lsp"]] * 3
