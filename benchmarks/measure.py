"""Measures whole processes: wall time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Command = Sequence[str]


class Measured(NamedTuple):
    """Of several runs of one command."""

    best: float
    """Seconds."""
    median: float
    mib: float
    """The least peak memory of the largest process."""


def measure(commands: Mapping[str, Command], cwd: Path, runs: int) -> dict[str, Measured]:
    """Run commands in turn, so that whatever else the machine does is spread over all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    mib: dict[str, float] = {}
    for _ in range(runs):
        for name, command in commands.items():
            took, used = _once(command, cwd)
            seconds[name].append(took)
            mib[name] = min(used, mib.get(name, used))
    return {
        name: Measured(min(times), statistics.median(times), mib[name])
        for name, times in seconds.items()
    }


def _once(command: Command, cwd: Path) -> tuple[float, float]:
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
