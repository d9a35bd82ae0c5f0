"""What was measured, as docs/performance.md and as ratios that another run can be compared with."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from measure import Measured

FLOOR = "import click, yaml; from pydantic import TypeAdapter"
HEAD = """# Performance

`python benchmarks/run.py` measures whole processes, start-up included, and writes this page: all rules of the pack
`recommended`, a report in the format `concise`. Commands that are compared run in turn; told is the best of several
runs."""
TAIL = """
`python benchmarks/run.py --check` compares the ratios with those of this page, and fails if one is worse by more than
a fifth; CI tells that, and goes on. `python benchmarks/custom_rules.py` measures custom rules: in JSON Schema 10,000
keys take under a second, in CEL under a fifth of one. `python benchmarks/live.py` measures a reading of OKX."""


class Figures(NamedTuple):
    """All that was measured."""

    floor: Measured
    """The import that no run can do without, beside the smallest check."""
    ours: Mapping[int, Measured]
    """By number of keys."""
    theirs: Mapping[int, Mapping[str, Measured]]
    """By number of keys and tool."""
    starts: Mapping[str, Measured]
    """By command."""
    stages: Mapping[int, Mapping[str, float]]
    """By number of keys: seconds by stage."""


def ratios(found: Figures) -> dict[str, float]:
    """What does not depend on the machine: less is better."""
    ours = found.ours
    return {
        "50 keys / floor": ours[50].median / found.floor.median,
        "10,000 keys / floor": ours[10_000].best / found.floor.best,
        "10,000 keys / 1,000 keys": ours[10_000].best / ours[1_000].best,
        "MiB of 10,000 keys": ours[10_000].mib,
    }


def page(found: Figures) -> str:
    """docs/performance.md."""
    parts = (_machine(), _sizes(found), _budgets(found), _where(found), _starts(found))
    return "\n".join([HEAD, *(line for part in parts for line in ("", *part)), TAIL]) + "\n"


def _machine() -> Iterator[str]:
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield (
        f"Measured on {os.cpu_count()} cores, {gib:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}."
    )


def _sizes(found: Figures) -> Iterator[str]:
    tools = list(dict.fromkeys(tool for each in found.theirs.values() for tool in each))
    yield "| keys | okxlint | peak memory | " + "".join(f"{tool} | " for tool in tools)
    yield "|---:|---:|---:|" + "---:|" * len(tools)
    for size, ours in found.ours.items():
        theirs = found.theirs.get(size, {})
        others = [_cell(theirs[tool]) if tool in theirs else "–" for tool in tools]
        yield (
            " | ".join([f"| {size:,}", f"{ours.best:.2f} s", f"{ours.mib:.0f} MiB", *others]) + " |"
        )
    yield ""
    yield "Spectral has six rules that come near ours, check-jsonschema the manifests' JSON Schema, yamllint its defaults."


def _cell(measured: Measured) -> str:
    return f"{measured.best:.2f} s, {measured.mib:.0f} MiB"


def _budgets(found: Figures) -> Iterator[str]:
    ours, floor = found.ours, found.floor
    yield "| what | measured | budget |"
    yield "|---|---:|---:|"
    yield f'| `python -c "{FLOOR}"` | {floor.best * 1000:.0f} ms | |'
    yield f"| 50 keys, against that import | {ours[50].best / floor.best:.2f} × | 1.8 × |"
    yield f"| the same, of medians | {ours[50].median / floor.median:.2f} × | 1.8 × |"
    yield f"| 50 keys, beyond that import | {(ours[50].best - floor.best) * 1000:.0f} ms | 60 ms |"
    yield f"| 10,000 keys, memory | {ours[10_000].mib:.0f} MiB | 200 MiB |"
    yield f"| 100,000 keys, against 10,000 | {ours[100_000].best / ours[10_000].best:.1f} × | 11 × |"
    peer = found.theirs[10_000].get("Spectral")
    if peer:
        yield f"| 10,000 keys, against Spectral | {ours[10_000].best / peer.best:.2f} × | 0.5 × |"


def _where(found: Figures) -> Iterator[str]:
    yield "Where the time of a run goes, in milliseconds, and what 1,000 keys more take:"
    yield ""
    names = list(next(iter(found.stages.values())))
    yield "| keys | " + " | ".join(names) + " | memory of 1,000 keys more |"
    yield "|---:|" + "---:|" * (len(names) + 1)
    least = found.ours[50].mib
    for size, stages in found.stages.items():
        more = (found.ours[size].mib - least) / size * 1000
        cells = [f"{stages[name] * 1000:,.0f}" for name in names]
        yield f"| {size:,} | " + " | ".join(cells) + f" | {more:.1f} MiB |"


def _starts(found: Figures) -> Iterator[str]:
    yield "How long commands take beside an inventory of 1,000 keys:"
    yield ""
    yield "| command | time |"
    yield "|---|---:|"
    for command, measured in found.starts.items():
        yield f"| `okxlint {command}` | {measured.best * 1000:.0f} ms |"
