"""``okxlint test``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, TextIO

import click

from okxlint.cli.output import to_file, to_stdout
from okxlint.cli.parameters import Day, color_option, cwd, output_option, wants_color
from okxlint.secrets.redact import unarmed, visible

if TYPE_CHECKING:
    from okxlint.policy_tests import Outcome

FORMATS = ("text", "junit")


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option(
    "--policy", type=click.Path(), metavar="FILE|PACK",
    help="The policy of tests that name none, instead of the one found from their folder.",
)  # fmt: skip
@click.option(
    "--as-of", type=Day(), metavar="DATE",
    help="The UTC day of tests that set none.  [default: today]",
)  # fmt: skip
@click.option(
    "-f", "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True,
    help="The form of the results on standard output.",
)  # fmt: skip
@output_option(FORMATS, "the results")
@color_option
def command(
    paths: tuple[str, ...],
    policy: str | None,
    as_of: date | None,
    format_: str,
    outputs: tuple[tuple[str, str], ...],
    color: str,
) -> None:
    """Run policy tests: manifests whose comments say what must be found.

    '# expect: RULE[:severity] [value]' stands on the line of the finding. The first comment may set
    '# as-of: DATE', '# policy: FILE|PACK', '# select: RULE,...' and '# rules: {...}'. A test fails
    for a finding that is missing and for one that nobody expects.

    PATHs are files, or folders with tests in them (the working directory, if none is given). Each
    test is judged alone, as if it were the whole inventory, and without '# as-of:' on the day of
    the run: set it, or the test may fail one day without a change.

    \b
    Exit status: 0 all passed, 1 some failed, 2 wrong usage or policy, 3 a PATH holds no test.

    \b
    Examples:
      okxlint test
      okxlint test tests/policy -o junit=okxlint-tests.xml
      okxlint test tests/policy --policy strict
    """
    from okxlint.policy_test_run import Defaults, run_tests

    if "-" in paths:
        raise click.UsageError("a test is a file: standard input ('-') is not read")
    defaults = Defaults(as_of or datetime.now(UTC).date(), policy, is_today=as_of is None)
    results = run_tests(paths, cwd(), defaults)
    for name, path in outputs:
        to_file(path, partial(_write, results.outcomes, name, False))
    wanted = wants_color(color, sys.stdout.isatty())
    to_stdout(partial(_write, results.outcomes, format_, wanted))
    for path in results.without:
        told = f"okxlint: no test in {path}: a manifest with '# expect:', or with '# as-of:' on top"
        click.echo(unarmed(visible(told)), err=True)
    click.get_current_context().exit(results.exit)


def _write(outcomes: Sequence[Outcome], name: str, color: bool, stream: TextIO) -> None:
    from okxlint.report.outcomes import write_junit, write_text

    if name == "junit":
        write_junit(outcomes, stream)
    else:
        write_text(outcomes, stream, color)
