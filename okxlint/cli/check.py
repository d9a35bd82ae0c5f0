"""``okxlint check``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from okxlint.cli.checking import check_options, check_usage, request_of, run_and_report
from okxlint.cli.parameters import cwd
from okxlint.errors import OkxlintError

if TYPE_CHECKING:
    from okxlint.snapshot import Snapshot


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="[PATH]...")
@check_options
@click.option(
    "--live", "snapshots", type=click.Path(), multiple=True, metavar="FILE",
    help="Compare with what this snapshot says is on OKX. May be given several times.",
)  # fmt: skip
@click.option(
    "--max-snapshot-age", type=click.IntRange(0, 3660), metavar="DAYS",
    help="How many days before that of the run a snapshot may have been taken.  [default: 1]",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Apply the safe fixes, and report what is left.")
@click.option("--diff", is_flag=True, help="Print what --fix would change, and change nothing.")
@click.option(
    "--stdin-filename", metavar="PATH", help="The manifest that '-' (standard input) stands for."
)
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Check manifests against policy.

    The whole inventory is always loaded; PATHs (files or folders, or '-' for standard input)
    choose what is reported.

    \b
    Exit status: 0 clean, 1 findings (with --diff: something to fix), 2 wrong usage or policy,
    3 something was not looked at.

    \b
    Examples:
      okxlint check
      okxlint check okx-keys/desk-a.yaml --horizon 30
      okxlint check -f concise -o sarif=okxlint.sarif --fail-on warning
      okxlint check --diff
    """
    from okxlint.loading import Wanted

    reads_stdin = "-" in paths
    if options["stdin_filename"] and not reads_stdin:
        raise click.UsageError("--stdin-filename goes with '-', which reads standard input")
    age = options["max_snapshot_age"]
    if age is not None and not options["snapshots"]:
        raise click.UsageError("--max-snapshot-age goes with --live, which names a snapshot")
    check_usage(options)
    if options["fix"] and options["diff"]:
        raise click.UsageError("--fix changes files and --diff does not: give one of them")
    if options["fix"] or options["diff"]:
        _check_fixing(reads_stdin, options)
    wanted = Wanted(
        cwd=cwd(),
        paths=paths,
        stdin=_stdin() if reads_stdin else None,
        stdin_filename=options["stdin_filename"],
    )
    snapshots = [_snapshot(path) for path in options["snapshots"]]
    if options["fix"] or options["diff"]:
        from okxlint.cli.fixing import fix, show_difference

        request = request_of(wanted, options, snapshots, max_age=1 if age is None else age)
        if options["diff"]:
            click.get_current_context().exit(show_difference(request, options["color"]))
        fix(request)
    code = run_and_report(wanted, options, snapshots, max_age=1 if age is None else age)
    click.get_current_context().exit(code)


def _check_fixing(reads_stdin: bool, options: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for what does not go with ``--fix`` or ``--diff``."""
    if reads_stdin:
        raise click.UsageError("--fix and --diff are for files: standard input is none")
    if options["fix"] and options["as_of"] and options["as_of"] > datetime.now(UTC).date():
        # A waiver that is over by then is in force now.
        raise click.UsageError("--fix mends what is wrong today: --as-of cannot be a day to come")
    source = click.get_current_context().get_parameter_source("format_")
    if options["diff"] and (options["outputs"] or source is ParameterSource.COMMANDLINE):
        raise click.UsageError("--diff prints a difference, and no report: leave -f and -o out")


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
