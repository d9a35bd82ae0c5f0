"""``okxlint schema``."""

from __future__ import annotations

import os.path

import click

from okxlint import resources

NAMES = (
    *("manifest", "policy", "baseline", "snapshot", "snapshot-diff"),
    *("report", "register", "upcoming"),
)


@click.command("schema")
@click.argument("name", type=click.Choice(NAMES))
def command(name: str) -> None:
    """Print the JSON Schema of a manifest, a policy, a baseline, a snapshot or a report.

    \b
    Examples:
      okxlint schema manifest > okx-keys.schema.json
      okxlint schema policy
    """
    path = os.path.join(resources.folder("schemas"), f"{name}.schema.json")
    with open(path, encoding="utf-8") as stream:
        click.echo(stream.read(), nl=False)
