"""Measures a check of 50 to 100,000 keys, and writes docs/performance.md.

``python benchmarks/run.py``: wall time and peak memory of whole processes, the best of several runs, beside Spectral
(npm: @stoplight/spectral-cli) with a comparable rule set, if ``npx`` can install it.
"""

from __future__ import annotations

import compileall
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from inventory import inventory

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
SIZES = (50, 1_000, 10_000, 100_000)
FLOOR = "import click, yaml; from pydantic import TypeAdapter"
SPECTRAL = "@stoplight/spectral-cli@6.16.3"


class Measured(NamedTuple):
    """The best of several runs."""

    seconds: float
    mib: float


def measure(command: list[str], cwd: Path, runs: int, ok: tuple[int, ...] = (0, 1)) -> Measured:
    """Wall time and peak memory (of the largest process) of a command."""
    best = Measured(float("inf"), float("inf"))
    for _ in range(runs):
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in ok:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        scale = 1024 if sys.platform != "darwin" else 1024 * 1024
        best = Measured(min(best.seconds, seconds), min(best.mib, usage.ru_maxrss / scale))
    return best


def okxlint(*args: str) -> list[str]:
    """The command line that a user runs."""
    return [str(Path(sys.executable).parent / "okxlint"), *args]


def spectral(folder: Path) -> list[str] | None:
    """Spectral's command, installed into a folder; ``None`` if it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", SPECTRAL]
    (folder / "package.json").write_text('{"private": true}')
    if subprocess.run(install, cwd=folder, capture_output=True, check=False).returncode:
        return None
    return [
        str(folder / "node_modules/.bin/spectral"),
        "lint",
        "--ruleset",
        str(HERE / "spectral.yaml"),
    ]


def main() -> None:
    """Measure everything and write the page."""
    # An installed okxlint has its bytecode; a checkout may not.
    compileall.compile_dir(str(HERE.parent / "okxlint"), quiet=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = measure([sys.executable, "-c", FLOOR], folder, 15)
        version = measure(okxlint("--version"), folder, 15)
        peer = spectral(folder)
        rows = []
        for size in SIZES:
            inside = folder / str(size)
            inside.mkdir()
            (inside / "okx-keys.yaml").write_text(inventory(size))
            runs = {50: 15, 1_000: 9, 10_000: 5}.get(size, 3)
            ours = measure(okxlint("check", "--as-of", "2026-11-22", "-f", "concise"), inside, runs)
            theirs = None
            if peer and size <= 10_000:
                theirs = measure(
                    [*peer, str(inside / "okx-keys.yaml")], inside, min(runs, 3), (0, 1, 2)
                )
            rows.append((size, ours, theirs))
            print(size, ours, theirs, flush=True)
    PAGE.write_text(page(floor, version, rows), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


def page(
    floor: Measured, version: Measured, rows: list[tuple[int, Measured, Measured | None]]
) -> str:
    """docs/performance.md."""
    ours = {size: measured for size, measured, _ in rows}
    theirs = {size: measured for size, _, measured in rows}
    lines = [
        "# Performance",
        "",
        "`python benchmarks/run.py` measures whole processes, start-up included, and writes this page: the best of",
        "several runs, all rules of the pack `recommended`, a report in the format `concise`.",
        "",
        f"Measured on {os.cpu_count()} cores, {_memory():.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}.",
        "",
        "| keys | okxlint | peak memory | Spectral, six rules | its memory |",
        "|---:|---:|---:|---:|---:|",
    ]
    for size, mine, peer in rows:
        other = f"{peer.seconds:.2f} s | {peer.mib:.0f} MiB" if peer else "– | –"
        lines.append(f"| {size:,} | {mine.seconds:.2f} s | {mine.mib:.0f} MiB | {other} |")
    lines += [
        "",
        "| what | measured | budget |",
        "|---|---:|---:|",
        f'| `python -c "{FLOOR}"` | {floor.seconds * 1000:.0f} ms | |',
        f"| `okxlint --version` | {version.seconds * 1000:.0f} ms | |",
        f"| 50 keys, against that import | {ours[50].seconds / floor.seconds:.2f} × | 1.8 × |",
        f"| 100,000 keys, against 10,000 | {ours[100_000].seconds / ours[10_000].seconds:.1f} × | 11 × |",
        f"| 10,000 keys, memory | {ours[10_000].mib:.0f} MiB | 200 MiB |",
    ]
    peer = theirs[10_000]
    if peer:
        ratio = ours[10_000].seconds / peer.seconds
        lines.append(f"| 10,000 keys, against Spectral | {ratio:.2f} × | 0.5 × |")
    lines += [
        "",
        "`python benchmarks/custom_rules.py` measures custom rules: in JSON Schema 10,000 keys take under a second,",
        "in CEL under a fifth of one.",
    ]
    return "\n".join(lines) + "\n"


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


if __name__ == "__main__":
    main()
