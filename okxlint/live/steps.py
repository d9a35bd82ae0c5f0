"""What an examination of a connection found, step by step, as text and JSON (version 1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, NamedTuple, TextIO

from okxlint import __version__
from okxlint.live.sites import Host
from okxlint.model import Severity
from okxlint.report.paint import Paint
from okxlint.secrets.redact import unarmed

Status = Literal["ok", "warning", "failed", "skipped"]
Name = Literal[
    "credential", "name", "connection", "tls", "clock", "answer", "key", "environment",
    "passphrase", "signature", "address", "permissions", "account", "sub-accounts",
]  # fmt: skip
_WIDTH = len("sub-accounts")
_COLOURS = {"warning": Severity.WARNING, "failed": Severity.ERROR}


class Step(NamedTuple):
    """One thing that was looked at. Its words are safe to print."""

    name: Name
    status: Status
    said: str
    hint: str = ""
    """What to do, if it is not well."""
    final: bool = False
    """Whether nothing that comes after it can be looked at."""


class Examination(NamedTuple):
    """All steps, in the order in which they were taken."""

    host: Host
    demo: bool
    account: str | None
    """The name that manifests give the account, if it was named."""
    steps: Sequence[Step]

    @property
    def exit_code(self) -> int:
        """1 if a step failed."""
        return int(any(step.status == "failed" for step in self.steps))


def write_step(step: Step, stream: TextIO, color: bool) -> None:
    """A step as a person reads it, with what to do on the line below; at once, as it is taken."""
    paint = Paint(color)
    colour = _COLOURS.get(step.status)
    status = f"{step.status:<7}"
    status = paint.marked(colour, status) if colour else paint.dim(status)
    stream.write(f"{status}  {step.name:<{_WIDTH}}  {unarmed(step.said)}\n")
    if step.hint:
        stream.write(f"{'':<{_WIDTH + 11}}{unarmed(step.hint)}\n")
    stream.flush()


def write_skipped(names: Sequence[Name], stream: TextIO, color: bool) -> None:
    """What was not looked at, on one line."""
    if names:
        stream.write(Paint(color).dim(f"not looked at: {', '.join(names)}") + "\n")


def write_json(examination: Examination, stream: TextIO) -> None:
    """The whole as one JSON object, in ASCII."""
    value = {
        "version": 1,
        "tool": {"name": "okxlint", "version": __version__},
        "host": examination.host.url,
        "site": examination.host.site,
        "environment": "demo" if examination.demo else "live",
        "account": examination.account,
        "steps": [
            {
                "step": step.name,
                "status": step.status,
                "message": step.said,
                "help": step.hint or None,
            }
            for step in examination.steps
        ],
        "exit": examination.exit_code,
    }
    stream.write(json.dumps(value, indent=2).replace("##[", r"#\u0023[") + "\n")
