"""``okxlint check``."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

import click

from okxlint.cli.output import to_file, to_stdout
from okxlint.cli.parameters import (
    Day,
    Output,
    Rules,
    color_option,
    cwd,
    unknown_options,
    wants_color,
)
from okxlint.errors import OkxlintError
from okxlint.report import FORMATS, View, writer

if TYPE_CHECKING:
    from okxlint.model import Report, Severity
    from okxlint.snapshot import Snapshot

FAIL_ON = ("error", "warning", "info", "never")


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="[PATH]...")
@click.option(
    "--policy", type=click.Path(), metavar="FILE|PACK", help="The policy, instead of the one found."
)
@click.option(
    "--require-pack", "require_packs", multiple=True, metavar="PACK",
    help="Stop unless the policy descends from this pack. May be given several times.",
)  # fmt: skip
@click.option(
    "-f", "--format", "format_", type=click.Choice(list(FORMATS)), default="text",
    show_default=True, help="The form of the report on standard output.",
)  # fmt: skip
@click.option(
    "-o", "--output", "outputs", type=Output(FORMATS), multiple=True, metavar="FORMAT=FILE",
    help="Write the report to a file as well. May be given several times.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice(FAIL_ON), default="error", show_default=True,
    help="The least severity that ends with exit status 1.",
)  # fmt: skip
@click.option(
    "--select", type=Rules(), multiple=True, metavar="RULE,...", help="Run these rules alone."
)
@click.option(
    "--ignore", type=Rules(), multiple=True, metavar="RULE,...", help="Run all but these rules."
)
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="Judge as on this UTC day.  [default: today]"
)
@click.option(
    "--horizon", type=click.IntRange(0, 3660), default=0, metavar="DAYS",
    help="Tell, as info, what will start to fail within so many days.",
)  # fmt: skip
@click.option(
    "--base", metavar="REV",
    help="Compare with the merge base of this revision and HEAD: what is new, what got wider.",
)  # fmt: skip
@click.option(
    "--policy-ref", metavar="REV",
    help="Judge by the policy, and the waivers, that this revision has.",
)  # fmt: skip
@click.option("--new-only", is_flag=True, help="Report only what the base does not have.")
@click.option(
    "--baseline", type=click.Path(), metavar="FILE",
    help="Accept the findings that this file lists, up to its last day.",
)  # fmt: skip
@click.option(
    "--live", "snapshots", type=click.Path(), multiple=True, metavar="FILE",
    help="Compare with what this snapshot says is on OKX. May be given several times.",
)  # fmt: skip
@unknown_options
@click.option("--show-waived", is_flag=True, help="Show waived findings too.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("--sarif-category", metavar="NAME", help="Code scanning's category, in SARIF.")
@click.option("-q", "--quiet", is_flag=True, help="Findings alone, without the summary.")
@color_option
@click.option(
    "--stdin-filename", metavar="PATH", help="The manifest that '-' (standard input) stands for."
)
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Check manifests against policy.

    The whole inventory is always loaded; PATHs (files or folders, or '-' for standard input)
    choose what is reported.

    \b
    Exit status: 0 clean, 1 findings, 2 wrong usage or policy, 3 something was not looked at.

    \b
    Examples:
      okxlint check
      okxlint check okx-keys/desk-a.yaml --horizon 30
      okxlint check -f concise -o sarif=okxlint.sarif --fail-on warning
    """
    report = _report(paths, options)
    view = View(
        quiet=options["quiet"],
        statistics=options["statistics"],
        show_waived=options["show_waived"],
        category=options["sarif_category"],
    )
    for name, path in options["outputs"]:
        to_file(path, partial(_write, name, report, view))
    _write_stdout(report, options["format_"], options["color"], view)
    click.get_current_context().exit(report.exit)


def _report(paths: tuple[str, ...], options: dict[str, Any]) -> Report:
    from okxlint.check import Request, run_check
    from okxlint.engine import Question
    from okxlint.loading import Wanted

    reads_stdin = "-" in paths
    if options["stdin_filename"] and not reads_stdin:
        raise click.UsageError("--stdin-filename goes with '-', which reads standard input")
    if options["new_only"] and options["base"] is None:
        raise click.UsageError("--new-only goes with --base, which says what is old")
    question = Question(
        as_of=options["as_of"] or datetime.now(UTC).date(),
        horizon=options["horizon"],
        select=_selected(options["select"]),
        ignore=frozenset().union(*options["ignore"]),
    )
    wanted = Wanted(
        cwd=cwd(),
        paths=paths,
        stdin=_stdin() if reads_stdin else None,
        stdin_filename=options["stdin_filename"],
    )
    request = Request(
        question=question,
        wanted=wanted,
        policy=options["policy"],
        require_packs=options["require_packs"],
        fail_on=_severity(options["fail_on"]),
        base=options["base"],
        policy_ref=options["policy_ref"],
        new_only=options["new_only"],
        baseline=options["baseline"],
        snapshots=tuple(map(_snapshot, options["snapshots"])),
        max_snapshot_age=options["max_snapshot_age"],
        allow_unknown=frozenset().union(*options["allow_unknown"]),
    )
    return run_check(request)


def _snapshot(path: str) -> Snapshot:
    from okxlint.snapshot.file import load_snapshot

    return load_snapshot(path)


def _stdin() -> bytes:
    from okxlint.documents.source import MAX_BYTES

    try:
        if sys.stdin is not None:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        reason = "it is closed"
    except OSError as error:
        reason = str(error.strerror)
    raise OkxlintError(f"cannot read standard input: {reason}")


def _severity(word: str) -> Severity | None:
    from okxlint.model import Severity

    return None if word == "never" else Severity.of(word)


def _selected(given: Sequence[frozenset[str]]) -> frozenset[str] | None:
    """The rules asked for; hygiene runs in any case."""
    if not given:
        return None
    names = frozenset().union(*given)
    if not names:
        raise click.UsageError("--select names no rule, so none would run")
    return names


def _write(name: str, report: Report, view: View, stream: TextIO) -> None:
    writer(name)(report, stream, view)


def _write_stdout(report: Report, name: str, color: str, view: View) -> None:
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal else _columns()
    shown = replace(view, color=wants_color(color, terminal), width=width)
    to_stdout(partial(_write, name, report, shown))
    if view.statistics and name not in ("text", "concise"):
        _write_statistics(report, sys.stderr)


def _write_statistics(report: Report, stream: TextIO) -> None:
    from okxlint.report.summary import statistics

    rows: Sequence[str] = statistics(report)
    stream.write("".join(f"{row}\n" for row in rows))


def _columns() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if re.fullmatch(r"[1-9][0-9]{0,4}", columns) else 100
