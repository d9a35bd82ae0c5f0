"""Findings, actions and completions in the words of the Language Server Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lsprotocol import types

from okxlint.editor.actions import Action
from okxlint.editor.checked import Checked
from okxlint.editor.completion import Completion
from okxlint.editor.lines import Lines
from okxlint.fixes import Edit
from okxlint.model import Finding, Location, Severity

SOURCE = "okxlint"
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
UriOf = Callable[[str], str]


class View:
    """A check as one client sees it: with its own columns and names of files."""

    def __init__(self, checked: Checked, encoding: str, uri_of: UriOf) -> None:
        self.checked = checked
        self._encoding = encoding
        self._uri_of = uri_of
        self._lines: dict[str, Lines] = {}

    def lines(self, path: str) -> Lines:
        """The lines of a file that was read."""
        if path not in self._lines:
            text = self.checked.files[path].source.text
            self._lines[path] = Lines(text, self._encoding)
        return self._lines[path]

    def stretch(self, path: str, start: int, end: int) -> types.Range:
        """A stretch between two offsets."""
        lines = self.lines(path)
        first, last = lines.position(start), lines.position(end)
        return types.Range(types.Position(*first), types.Position(*last))

    def offset(self, path: str, position: types.Position) -> int:
        """Where in its text a position of a file is."""
        return self.lines(path).offset(position.line, position.character)

    def diagnostics(self, path: str) -> list[types.Diagnostic]:
        """What is found in a file."""
        found = self.checked.findings.get(path, ())
        return [self.diagnostic(path, finding) for finding in found]

    def diagnostic(self, path: str, finding: Finding) -> types.Diagnostic:
        """One finding of a file."""
        related = [
            types.DiagnosticRelatedInformation(place, each.message)
            for each in finding.related
            if (place := self._place(each.location))
        ]
        return types.Diagnostic(
            range=self.stretch(path, *self.checked.files[path].source.offsets(finding.location)),
            message=f"{finding.message}\n{finding.help}",
            severity=_SEVERITIES[finding.severity],
            code=finding.rule,
            source=SOURCE,
            related_information=related or None,
        )

    def _place(self, place: Location) -> types.Location | None:
        path = self.checked.path_of(place)
        if path is None:
            return None
        offsets = self.checked.files[path].source.offsets(place)
        return types.Location(self._uri_of(path), self.stretch(path, *offsets))

    def _edit(self, path: str, edits: Iterable[Edit], version: int | None) -> types.WorkspaceEdit:
        """Edits of a file; with the version that they are for, if the client can tell versions."""
        uri = self._uri_of(path)
        changes = [
            types.TextEdit(self.stretch(path, each.start, each.end), each.text) for each in edits
        ]
        if version is None:
            return types.WorkspaceEdit(changes={uri: changes})
        document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, changes)])

    def action(self, path: str, action: Action, version: int | None) -> types.CodeAction:
        """What is offered to do about a file."""
        mends = action.finding
        return types.CodeAction(
            title=action.title,
            kind=types.CodeActionKind.QuickFix if mends else FIX_ALL,
            diagnostics=[self.diagnostic(path, mends)] if mends else None,
            is_preferred=True if mends and action.is_fix else None,
            edit=self._edit(path, action.edits, version),
        )


def completions(
    offers: Iterable[Completion], start: types.Position, end: types.Position
) -> types.CompletionList:
    """What may stand in a stretch."""
    items = [
        types.CompletionItem(
            label=each.label,
            kind=types.CompletionItemKind.Field
            if each.is_field
            else types.CompletionItemKind.Value,
            detail=each.detail or None,
            sort_text=f"{number:04}",
            text_edit=types.TextEdit(types.Range(start, end), each.text),
        )
        for number, each in enumerate(offers)
    ]
    return types.CompletionList(is_incomplete=False, items=items)
