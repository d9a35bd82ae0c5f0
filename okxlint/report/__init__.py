"""The writers: each is a function of a report, and none of them finds, filters or sorts."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TextIO

from okxlint.model import Report
from okxlint.record import Record

FORMATS = {
    "text": "text",
    "concise": "concise",
    "json": "json_v1",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "markdown": "markdown",
}
"""Each format, and the module here that writes it."""


class View(Record):
    """How a report is shown: nothing here changes what it says."""

    color: bool = False
    width: int = 100
    """Columns of the terminal."""
    quiet: bool = False
    """Findings alone, without a summary."""
    statistics: bool = False
    show_waived: bool = False
    category: str | None = None
    """Code scanning's category (SARIF)."""


Writer = Callable[[Report, TextIO, View], None]


def writer(name: str) -> Writer:
    """The writer of a format; its module is imported only now."""
    write: Writer = import_module(f"okxlint.report.{FORMATS[name]}").write
    return write
