"""Checks of generated inventories, in this process, and what every writer makes of them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date
from io import StringIO
from typing import Any

from okxlint.check import Request, run_check
from okxlint.documents.reader import Parsed, read
from okxlint.engine import Context, Question, Verdict, judge
from okxlint.loading import Wanted
from okxlint.manifest import load
from okxlint.model import Finding, Report
from okxlint.policy import Policy
from okxlint.report import FORMATS, View, writer
from okxlint.secrets.masking import Masking
from okxlint.snapshot import Snapshot
from tests.fuzz.strategies import DAY, SECRET

# As a part of something longer it has not the shape of a secret.
_ALONE = re.compile(rf"(?<![0-9A-Za-z]){SECRET}(?![0-9A-Za-z])")
Name = tuple[str | None, ...]


def report_of(
    data: bytes,
    cwd: str,
    policy: str = "strict",
    as_of: date = DAY,
    snapshots: tuple[Snapshot, ...] = (),
) -> Report:
    """What a whole run says of one manifest on standard input."""
    question, wanted = Question(as_of, horizon=30), Wanted(cwd, stdin=data)
    request = Request(question, wanted, policy, fail_on=None, snapshots=snapshots)
    report = run_check(request)
    check_report(report)
    return report


def check_report(report: Report) -> None:
    """No rule failed, and each place is inside its file."""
    assert [each for each in report.unknown if each.kind == "rule-crash"] == []
    for finding in (*report.findings, *report.waived):
        for place in (finding.location, *(each.location for each in finding.related)):
            excerpt = report.excerpts.get(place.path)
            if excerpt is None:
                continue
            assert (place.line, place.column) <= (place.end_line, place.end_column)
            assert 1 <= place.column <= len(excerpt.line(place.line)) + 2
            assert 1 <= place.end_column <= len(excerpt.line(place.end_line)) + 2
    keys = [_place(finding) for finding in report.findings]
    assert keys == sorted(keys)
    prints = [finding.fingerprint for finding in report.findings]
    assert len(set(prints)) == len(prints)


def _place(finding: Finding) -> tuple[Any, ...]:
    place = finding.location
    return place.path, place.line, place.column, finding.rule


def outputs(report: Report) -> dict[str, str]:
    """The report in every format."""
    view = View(statistics=True, show_waived=True, category="keys")
    texts = {}
    for name in FORMATS:
        stream = StringIO()
        writer(name)(report, stream, view)
        texts[name] = stream.getvalue()
    return texts


def check_outputs(texts: dict[str, str]) -> None:
    """Nothing that a terminal or a runner obeys, no secret, and each format is what it claims."""
    for name, text in texts.items():
        odd = {char for char in text if not char.isprintable() and char != "\n"}
        assert not odd, (name, sorted(odd))
        assert not _ALONE.search(text), name
        assert "##[" not in text, name
    for line in texts["github"].split("\n"):
        started = ("::error ", "::warning ", "::notice ")
        assert not line.lstrip().startswith("::") or line.startswith(started), line
    for name in ("text", "concise", "markdown"):
        assert not any(line.lstrip().startswith("::") for line in texts[name].split("\n")), name
    for name in ("json", "sarif", "gitlab"):
        json.loads(texts[name])
    ET.fromstring(texts["junit"])  # noqa: S314 - our own


def judged(
    manifests: Sequence[bytes],
    policy: Policy,
    as_of: date = DAY,
    horizon: int = 0,
    context: Context | None = None,
) -> Verdict:
    """What the engine says of manifests ``a.yaml``, ``b.yaml``, …; no rule may fail."""
    files = [read(f"{chr(ord('a') + n)}.yaml", data) for n, data in enumerate(manifests)]
    return judged_files(files, policy, as_of, horizon, context)


def judged_files(
    files: Sequence[Parsed],
    policy: Policy,
    as_of: date = DAY,
    horizon: int = 0,
    context: Context | None = None,
) -> Verdict:
    """What the engine says of files as they were read."""
    inventory, flaws = load(files)
    redactor = Masking(files).redactor
    question = Question(as_of, horizon)
    verdict = judge(question, policy, files, inventory, flaws, redactor, context or Context())
    assert verdict.unknown == ()
    return verdict


def name_of(finding: Finding) -> Name:
    """What a waiver tells a finding by."""
    return finding.rule, finding.account, finding.key, finding.app, finding.value
