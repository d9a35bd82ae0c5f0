"""``okxlint baseline``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from okxlint.baseline_run import Order, write_baseline
from okxlint.cli.parameters import Day, cwd
from okxlint.loading import Wanted
from okxlint.secrets.redact import unarmed, visible


@click.command("baseline")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option(
    "--until", type=Day(), metavar="DATE",
    help="The last day on which the findings are accepted. Needed unless with --prune.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(), required=True, metavar="FILE",
    help="The baseline: a new file, or one that is a baseline already.",
)  # fmt: skip
@click.option(
    "--reason", metavar="TEXT",
    help="Why they are accepted.  [default: the reason that FILE has]",
)  # fmt: skip
@click.option("--approved-by", metavar="WHO", help="Who approves it, if the policy asks for that.")
@click.option(
    "--prune", is_flag=True,
    help="Take out of FILE the entries that accept nothing any more, and add none.",
)  # fmt: skip
@click.option(
    "--policy", type=click.Path(), metavar="FILE|PACK", help="The policy, instead of the one found."
)
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="Judge as on this UTC day.  [default: today]"
)
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Write today's findings as accepted debt, with a last day.

    'okxlint check --baseline FILE' then leaves them out, up to that day. The file has a line for
    each finding, sorted, without paths, lines and times; what it lists is told by --show-waived.

    PATHs choose whose findings are written, as with 'okxlint check'. Of a rule that is locked or
    never waived nothing is accepted. A run that could not look at everything writes nothing.

    \b
    Exit status: 0 written, 2 wrong usage or policy, 3 something was not looked at.

    \b
    Examples:
      okxlint baseline --until 2027-01-31 -o okxlint-baseline.yaml --reason "ticket SEC-123"
      okxlint baseline --prune -o okxlint-baseline.yaml
    """
    if "-" in paths:
        raise click.UsageError("a baseline is of files: standard input ('-') is not read")
    if options["until"] is None and not options["prune"]:
        raise click.UsageError("--until says the last day on which the findings are accepted")
    order = Order(
        path=options["output"],
        as_of=options["as_of"] or datetime.now(UTC).date(),
        wanted=Wanted(cwd(), paths),
        policy=options["policy"],
        until=options["until"],
        reason=options["reason"] or "",
        approved_by=options["approved_by"] or "",
        prune=options["prune"],
    )
    done = write_baseline(order)
    for line in done.told:
        click.echo(unarmed(visible(f"okxlint: {line}")), err=True)
    click.get_current_context().exit(done.exit)
