"""A whole check: paths → documents → inventory → engine → report."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from okxlint import __version__, policy_file
from okxlint.catalogue import cards
from okxlint.engine import Question, judge
from okxlint.errors import OkxlintError, Unreadable
from okxlint.excerpt import excerpt
from okxlint.leaks import find_leaks
from okxlint.manifest import LISTS, is_manifest, load
from okxlint.model import Finding, Report, Severity, Unknown
from okxlint.paths import (
    Found,
    Tree,
    absolute,
    ancestors,
    check_paths,
    find_tree,
    is_inside,
    matching,
    read_bytes,
    search,
)
from okxlint.policy import Policy
from okxlint.reader import Parsed, read
from okxlint.redact import Redactor
from okxlint.secret_text import Leak

STDIN = "<stdin>"
"""How reports name a manifest that came on standard input without a name."""


@dataclass(frozen=True)
class Request:
    """What the caller of a check asks for."""

    question: Question
    cwd: str
    paths: tuple[str, ...] = ()
    """What is reported; empty: everything."""
    policy: str | None = None
    """A policy file or a pack; ``None``: the policy found from ``cwd``."""
    fail_on: Severity | None = Severity.ERROR
    stdin: bytes | None = None
    stdin_filename: str | None = None
    """The manifest that ``stdin`` stands in for; ``None``: it is the whole inventory."""


@dataclass
class Loaded:
    """The files of the inventory, and what could not be looked at."""

    files: list[Parsed] = field(default_factory=list)
    unreadable: dict[str, Unknown] = field(default_factory=dict)
    """By shown path."""
    nothing: list[Unknown] = field(default_factory=list)
    """What was looked at and holds no manifest."""
    chosen: list[str] | None = None
    """The absolute paths of what is reported; ``None``: everything."""

    def note(self, error: Unreadable) -> None:
        self.unreadable[error.path] = Unknown("unreadable", str(error))


def run_check(request: Request) -> Report:
    """Check, and tell everything there is to tell.

    Raises ``OkxlintError`` for wrong usage and for a policy that is not right.
    """
    tree = find_tree(request.cwd)
    policy = policy_file.load(request.policy, request.cwd, tree)
    loaded = _load(request, tree, policy)
    inventory, flaws = load(loaded.files)
    read_files = _read_files(loaded, policy)
    leaks = {path: find_leaks(file) for path, file in read_files.items()}
    redactor = Redactor(
        form
        for path, file in read_files.items()
        for leak in leaks[path]
        for form in _forms(file, leak)
    )
    verdict = judge(request.question, policy, loaded.files, inventory, flaws, redactor)
    reported = _reported(tree, loaded.chosen)
    broken = [item.kind for item in inventory.broken]
    unknown = [*loaded.unreadable.values(), *loaded.nothing, *verdict.unknown]
    return Report(
        version=__version__,
        as_of=request.question.as_of,
        policy_source=policy.source,
        findings=tuple(filter(reported, verdict.findings)),
        waived=tuple(filter(reported, verdict.waived)),
        unknown=tuple(_cleaned(item, redactor) for item in unknown),
        files=sum(map(is_manifest, loaded.files)),
        accounts=len(inventory.accounts) + broken.count("account"),
        apps=len(inventory.apps) + broken.count("app"),
        keys=len(inventory.keys) + broken.count("key"),
        fail_on=request.fail_on,
        excerpts={
            path: excerpt(file.source, leaks[path], redactor) for path, file in read_files.items()
        },
        cards=lambda: cards(_rules_of(request.question, policy), policy),
    )


def _read_files(loaded: Loaded, policy: Policy) -> dict[str, Parsed]:
    """All files that a report may quote, by path: the manifests and the policy."""
    files = {file.source.path: file for file in loaded.files}
    if policy.top:
        source = policy.top.source
        again = read(source.path, source.text.encode())
        files.setdefault(source.path, again._replace(source=source))
    return files


def _forms(file: Parsed, leak: Leak) -> Iterator[str]:
    """A secret in each form in which a message could repeat it."""
    text = file.source.text[leak.start : leak.end]
    unescaped = [text.replace("''", "'")]
    if "\\" in text:
        quoted = read("", f'"{text}"'.encode())
        unescaped += [str(document.value) for document in quoted.documents]
    for form in dict.fromkeys((text, *unescaped)):
        for line in (" ".join(form.split()), *form.split("\n")):
            # Three characters tell nothing, and to mask them everywhere would spoil each message.
            if len(line.strip()) > 3:
                yield line.strip()


def _cleaned(unknown: Unknown, redactor: Redactor) -> Unknown:
    account = None if unknown.account is None else redactor.clean(unknown.account)
    return unknown._replace(message=redactor.clean(unknown.message), account=account)


def _rules_of(question: Question, policy: Policy) -> Iterable[str]:
    chosen = policy.rules_on if question.select is None else sorted(question.select)
    return [name for name in chosen if name not in question.ignore]


def _reported(tree: Tree, chosen: list[str] | None) -> Callable[[Finding], bool]:
    if chosen is None:
        return lambda _: True

    names = frozenset(chosen)

    @cache
    def inside(path: str) -> bool:
        return not names.isdisjoint(ancestors(os.path.join(tree.root, path)))

    def reported(finding: Finding) -> bool:
        places = [finding.location, *(related.location for related in finding.related)]
        return any(inside(place.path) for place in places)

    return reported


def _load(request: Request, tree: Tree, policy: Policy) -> Loaded:
    loaded = Loaded()
    paths = [path for path in request.paths if path != "-"]
    if request.stdin is not None and request.stdin_filename is None:
        if paths:
            raise OkxlintError(
                "'-' is the whole inventory, and other PATHs have no place in it",
                "Give --stdin-filename to say which manifest standard input stands for.",
            )
        loaded.files.append(read(STDIN, request.stdin))
        if not is_manifest(loaded.files[0]):
            loaded.nothing.append(_nothing("standard input holds no manifest"))
        return loaded
    patterns = [(folder or tree.root, glob) for folder, glob in policy.manifests]
    found = matching(tree, patterns)
    named = check_paths(paths, request.cwd)
    searched = _add_named(named, tree, found)
    data: dict[str, bytes] = {}
    if request.stdin is not None and request.stdin_filename is not None:
        path = absolute(request.stdin_filename, request.cwd)
        data[path] = request.stdin
        named.append(path)
    for path in sorted({*found.files, *data}, key=tree.shown):
        file = _read(path, data.get(path), tree, loaded)
        if file and (path not in searched or _looks_like_manifest(file)):
            loaded.files.append(file)
    for error in found.unreadable:
        loaded.note(error)
    loaded.chosen = named or None
    loaded.nothing += _without_manifest(loaded, tree)
    return loaded


def _add_named(named: Sequence[str], tree: Tree, found: Found) -> set[str]:
    """Add what PATHs name beyond the policy's manifests; returns what a folder was searched for."""
    searched: set[str] = set()
    known = set(found.files)
    for path in named:
        if os.path.isdir(path) and not os.path.islink(path):
            if not any(is_inside(file, path) for file in known):
                searched.update(search(tree, path, found))
        elif path not in known:
            found.add(path, tree)
    found.files += sorted(searched)
    return searched.difference(named)


def _read(path: str, data: bytes | None, tree: Tree, loaded: Loaded) -> Parsed | None:
    shown = tree.shown(path)
    try:
        return read(shown, read_bytes(path, shown) if data is None else data)
    except Unreadable as error:
        loaded.note(error)
        return None


def _looks_like_manifest(file: Parsed) -> bool:
    """Whether a file that a search came upon has a manifest's top-level fields.

    A file that YAML cannot read counts if a line of it begins like one: better a finding too many
    than a manifest that nobody looked at.
    """
    values = [document.value for document in file.documents]
    if any(isinstance(value, dict) and not value.keys().isdisjoint(LISTS) for value in values):
        return True
    lines = file.source.text.split("\n") if file.problems else []
    return any(line.startswith(tuple(f"{name}:" for name in LISTS)) for line in lines)


def _without_manifest(loaded: Loaded, tree: Tree) -> Iterator[Unknown]:
    """What holds no manifest, so that nothing was checked there."""
    manifests = [
        os.path.join(tree.root, file.source.path) for file in loaded.files if is_manifest(file)
    ]
    if loaded.chosen is None:
        if not manifests:
            yield Unknown("no-manifest", "no manifest was found, so nothing was checked")
        return
    held = {folder for path in manifests for folder in ancestors(path)}
    for name in loaded.chosen:
        shown = tree.shown(name)
        if shown not in loaded.unreadable and name not in held:
            yield _nothing(f"{shown} holds no manifest")


def _nothing(what: str) -> Unknown:
    return Unknown("no-manifest", f"{what}, so nothing was checked there")
