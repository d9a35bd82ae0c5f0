"""The pages, and parts of pages, that are made from rules, commands and examples."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import click
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from okxlint.catalogue import PACKS, markdown, summary
from okxlint.cli import COMMANDS, group
from okxlint.rule import Rule

MADE = "<!-- Made by tools/generate.py: change the {}, not this file. -->\n"
GROUP_TITLES = {
    "permissions": "What a key may do",
    "network": "From where it may be used",
    "lifecycle": "How long it lives",
    "inventory": "What is said of it, and that it fits together",
    "secrets": "Where its secret is, and is not",
    "transitions": "What a change may do: only with `--base`",
    "live": "What is on OKX: only with a snapshot",
    "hygiene": "Always on; never waived",
}
PICTURE = ("check", "examples/desk", "--select", "no-withdraw,ip-narrow", "--as-of", "2026-11-22")
COLUMNS = 96
DARK = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        *((72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34)),
        *((88, 166, 255), (188, 140, 255), (57, 197, 207), (230, 237, 243)),
    ],
)
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>okxlint check, on a terminal</title>
<style>
{styles}
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace;
  line-height: {line_height}px; white-space: pre; }}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#161b22"/>
<g transform="translate({terminal_x}, 24)">
{backgrounds}<g class="{unique_id}-matrix">
{matrix}
</g></g>
</svg>
"""


def pages(root: Path, rules: list[Rule]) -> Iterator[tuple[str, str]]:
    """Each page with its text; ``rules`` as they are listed."""
    yield "docs/rules.md", rules_page(rules)
    for rule in rules:
        yield f"docs/rules/{rule.id}.md", MADE.format("rule") + markdown(rule)
    yield "docs/command-line.md", command_line_page()
    yield "docs/check.svg", picture(root)
    guide = root / "docs" / "write-a-rule.md"
    files = root / "examples" / "plugin"
    yield "docs/write-a-rule.md", with_files(guide.read_text(encoding="utf-8"), files)
    yield "README.md", marked((root / "README.md").read_text(encoding="utf-8"))


# -- rules and commands --------------------------------------------------------------------------


def rules_page(rules: list[Rule]) -> str:
    """All rules, by group, with their severity in each pack."""
    parts = [
        MADE.format("rules"),
        "# Rules\n\n"
        f"There are {len(rules)} rules. The pack `recommended` holds where no policy says\n"
        "otherwise. `okxlint explain RULE` shows a rule's page on a terminal.\n",
    ]
    for name, title in GROUP_TITLES.items():
        rows = [
            "| rule | requirement | essentials | recommended | strict |",
            "|---|---|---|---|---|",
        ]
        for rule in rules:
            if rule.group == name:
                words = [rule.severities[p].word if p in rule.severities else "–" for p in PACKS]
                link = f"[`{rule.id}`](rules/{rule.id}.md)"
                rows.append(f"| {link} | {summary(rule)} | {' | '.join(words)} |")
        parts.append(f"\n## {title}\n\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def command_line_page() -> str:
    """What ``--help`` says of each command."""
    parts = [MADE.format("commands"), "# The command line\n\n", commands_table("")]
    root = click.Context(group, info_name="okxlint")
    for name in COMMANDS:
        command = group.get_command(root, name)
        assert command is not None
        parts += [f"\n## okxlint {name}\n", help_of(command, f"okxlint {name}")]
        if isinstance(command, click.Group):
            for inner, each in command.commands.items():
                parts += [
                    f"\n### okxlint {name} {inner}\n",
                    help_of(each, f"okxlint {name} {inner}"),
                ]
    return "".join(parts)


def help_of(command: click.Command, name: str) -> str:
    """A command's help as it is printed."""
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    return f"\n```text\n{command.get_help(context)}\n```\n"


def commands_table(page: str = "docs/command-line.md") -> str:
    """Each command and what it does; ``page`` is where its links lead."""
    rows = ["| command | does |", "|---|---|"]
    rows += [f"| [`okxlint {n}`]({page}#okxlint-{n}) | {text} |" for n, text in COMMANDS.items()]
    return "\n".join(rows) + "\n"


# -- guides --------------------------------------------------------------------------------------


def with_files(text: str, folder: Path) -> str:
    """A guide whose parts after ``<!-- begin file PATH -->`` are commands that write that file."""

    def part(found: re.Match[str]) -> str:
        content = (folder / found[1]).read_text(encoding="utf-8")
        # Four ticks: what is written may have code in three.
        command = f"````sh\ncat > {found[1]} <<'EOF'\n{content}EOF\n````\n"
        return f"<!-- begin file {found[1]} -->\n{command}<!-- end file {found[1]} -->"

    pattern = r"<!-- begin file (\S+) -->\n.*?<!-- end file \1 -->"
    return re.sub(pattern, part, text, flags=re.DOTALL)


def marked(text: str) -> str:
    """A page with the parts between ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` renewed."""
    parts: dict[str, Callable[[], str]] = {"commands": commands_table}
    for name, make in parts.items():
        pattern = rf"(?<=<!-- begin {name} -->\n).*?(?=<!-- end {name} -->)"
        text = re.sub(pattern, lambda _, made=make: made(), text, flags=re.DOTALL)  # type: ignore[misc]
    return text


def picture(root: Path) -> str:
    """What a terminal shows of a real run, as SVG without a font of its own."""
    command = [sys.executable, "-P", "-m", "okxlint", *PICTURE, "--color", "always"]
    columns = os.environ | {"COLUMNS": str(COLUMNS)}
    done = subprocess.run(
        command, cwd=root, env=columns, capture_output=True, text=True, check=False
    )
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text(f"$ okxlint {' '.join(PICTURE)}\n", style="bold"))
    console.print(Text.from_ansi(done.stdout))
    return console.export_svg(theme=DARK, code_format=SVG, unique_id="okxlint")
