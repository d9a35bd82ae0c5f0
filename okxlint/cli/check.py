"""``okxlint check``."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import click

from okxlint.cli.parameters import Day, Output, Rules
from okxlint.errors import OkxlintError
from okxlint.report import FORMATS, View, writer
from okxlint.rule import load_rule

if TYPE_CHECKING:
    from okxlint.model import Report, Severity

FAIL_ON = ("error", "warning", "info", "never")


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="[PATH]...")
@click.option(
    "--policy", type=click.Path(), metavar="FILE|PACK", help="The policy, instead of the one found."
)
@click.option(
    "-f", "--format", "format_", type=click.Choice(list(FORMATS)), default="text",
    show_default=True, help="The form of the report on standard output.",
)  # fmt: skip
@click.option(
    "-o", "--output", "outputs", type=Output(), multiple=True, metavar="FORMAT=FILE",
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
@click.option("--show-waived", is_flag=True, help="Show waived findings too.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("--sarif-category", metavar="NAME", help="Code scanning's category, in SARIF.")
@click.option("-q", "--quiet", is_flag=True, help="Findings alone, without the summary.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="Colour in text. NO_COLOR and FORCE_COLOR are respected.",
)  # fmt: skip
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
        _write_file(report, name, path, view)
    _write_stdout(report, options["format_"], options["color"], view)
    click.get_current_context().exit(report.exit)


def _report(paths: tuple[str, ...], options: dict[str, Any]) -> Report:
    from okxlint.check import Request, run_check
    from okxlint.engine import Question

    reads_stdin = "-" in paths
    if options["stdin_filename"] and not reads_stdin:
        raise click.UsageError("--stdin-filename goes with '-', which reads standard input")
    question = Question(
        as_of=options["as_of"] or datetime.now(UTC).date(),
        horizon=options["horizon"],
        select=_selected(options["select"]),
        ignore=_ignored(options["ignore"]),
    )
    request = Request(
        question=question,
        cwd=_cwd(),
        paths=paths,
        policy=options["policy"],
        fail_on=_severity(options["fail_on"]),
        stdin=_stdin() if reads_stdin else None,
        stdin_filename=options["stdin_filename"],
    )
    return run_check(request)


def _cwd() -> str:
    try:
        return os.getcwd()
    except OSError as error:
        raise OkxlintError(f"cannot tell the working directory: {error.strerror}") from error


def _stdin() -> bytes:
    from okxlint.source import MAX_BYTES

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
    return frozenset(name for name in names if not load_rule(name).hygiene)


def _ignored(given: Sequence[frozenset[str]]) -> frozenset[str]:
    names: frozenset[str] = frozenset().union(*given)
    for name in sorted(names):
        if load_rule(name).hygiene:
            raise click.UsageError(f"'{name}' is always on; it cannot be ignored")
    return names


def _write_file(report: Report, name: str, path: str, view: View) -> None:
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            writer(name)(report, stream, view)
    except OSError as error:
        raise OkxlintError(
            f"cannot write {path}: {error.strerror}", "Name a file in a folder that you may write."
        ) from error


def _write_stdout(report: Report, name: str, color: str, view: View) -> None:
    stream = sys.stdout
    terminal = stream.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal else _columns()
    shown = replace(view, color=_wants_color(color, terminal), width=width)
    try:
        writer(name)(report, stream, shown)
        stream.flush()
    except BrokenPipeError:
        return  # the reader has seen enough, and the verdict stands
    except OSError as error:
        raise OkxlintError(f"cannot write the report: {error.strerror}") from error
    if view.statistics and name not in ("text", "concise"):
        _write_statistics(report, sys.stderr)


def _write_statistics(report: Report, stream: TextIO) -> None:
    from okxlint.report.summary import statistics

    rows: Sequence[str] = statistics(report)
    stream.write("".join(f"{row}\n" for row in rows))


def _columns() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if re.fullmatch(r"[1-9][0-9]{0,4}", columns) else 100


def _wants_color(asked: str, terminal: bool) -> bool:
    """``--color`` first, then NO_COLOR, then FORCE_COLOR, then what standard output is."""
    if asked != "auto":
        return asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or terminal
