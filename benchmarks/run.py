"""Measures a check of 50 to 100,000 keys beside other tools, and writes docs/performance.md.

``python benchmarks/run.py``: Spectral (npm: @stoplight/spectral-cli, with a rule set that comes near ours),
check-jsonschema and yamllint read the same manifests in the same run, if they can be installed.
``python benchmarks/run.py --check``: okxlint alone, up to 10,000 keys; exit status 1 if a ratio is worse than
``recorded.json`` has it by more than a fifth.
"""

from __future__ import annotations

import compileall
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from inventory import inventory
from measure import measure
from page import FLOOR, Figures, page, ratios

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
RECORDED = HERE / "recorded.json"
SIZES = (50, 1_000, 10_000, 100_000)
RUNS = {50: 25, 1_000: 9, 10_000: 5, 100_000: 3}
SPECTRAL = "@stoplight/spectral-cli@6.16.3"
YAMLLINT = "yamllint==1.38.0"
COMMANDS = ("--version", "--help", "rules", "explain max-age", "policy show", "check")
WORSE = 1.2
"""So much worse than recorded is told loudly."""
CHECK = ("check", "--as-of", "2026-11-22", "-f", "concise")


def okxlint(*args: str) -> list[str]:
    """The command line that a user runs."""
    return [str(Path(sys.executable).parent / "okxlint"), *args]


def peers(folder: Path) -> dict[str, list[str]]:
    """The other tools' commands, to be ended by the manifest; those that can be installed."""
    schema = str(HERE.parent / "schemas/manifest.schema.json")
    found = {"check-jsonschema": [sys.executable, "-m", "check_jsonschema", "--schemafile", schema]}
    npm = shutil.which("npm")
    (folder / "package.json").write_text('{"private": true}')
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts"]
    if npm and _runs([npm, "install", *quiet, SPECTRAL], folder):
        ruleset = ["--ruleset", str(HERE / "spectral.yaml"), "--fail-severity", "hint"]
        found["Spectral"] = [str(folder / "node_modules/.bin/spectral"), "lint", *ruleset]
    venv = folder / "yamllint"
    made = _runs([sys.executable, "-m", "venv", str(venv)], folder)
    if made and _runs([str(venv / "bin/pip"), "install", "--quiet", YAMLLINT], folder):
        rules = "{extends: default, rules: {line-length: disable}}"
        found["yamllint"] = [str(venv / "bin/yamllint"), "-d", rules]
    return found


def _runs(command: list[str], folder: Path) -> bool:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def figures(folder: Path, sizes: tuple[int, ...], *, with_peers: bool) -> Figures:
    """All that the page tells."""
    others = peers(folder) if with_peers else {}
    ours, theirs = {}, {}
    floor = [sys.executable, "-c", FLOOR]
    for size in sizes:
        inside = folder / str(size)
        inside.mkdir()
        manifest = inside / "okx-keys.yaml"
        manifest.write_text(inventory(size))
        both = measure({"okxlint": okxlint(*CHECK), "floor": floor}, inside, RUNS[size])
        ours[size] = both["okxlint"]
        if size == sizes[0]:
            least = both["floor"]
        if size <= 10_000:
            commands = {name: [*command, str(manifest)] for name, command in others.items()}
            theirs[size] = measure(commands, inside, min(RUNS[size], 3))
        print(size, ours[size], theirs.get(size), flush=True)
    middle = folder / str(sizes[1])
    starts = measure({name: okxlint(*name.split()) for name in COMMANDS}, middle, 7)
    stages = {size: _stages(folder / str(size)) for size in sizes if size != 50}
    return Figures(least, ours, theirs, starts, stages)


def _stages(folder: Path) -> dict[str, float]:
    command = [sys.executable, str(HERE / "stages.py"), str(folder)]
    found: dict[str, float] = json.loads(subprocess.check_output(command))
    return found


def main(arguments: list[str]) -> int:
    """Measure, and write the page or compare with what is recorded."""
    # An installed okxlint has its bytecode; a checkout may not.
    compileall.compile_dir(str(HERE.parent / "okxlint"), quiet=1)
    with tempfile.TemporaryDirectory() as name:
        if arguments == ["--check"]:
            return compare(ratios(figures(Path(name), SIZES[:-1], with_peers=False)))
        found = figures(Path(name), SIZES, with_peers=True)
    PAGE.write_text(page(found), encoding="utf-8")
    RECORDED.write_text(json.dumps(ratios(found), indent=2) + "\n", encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return 0


def compare(now: dict[str, float]) -> int:
    """1 if something is worse than recorded by more than a fifth; all is printed."""
    recorded: dict[str, float] = json.loads(RECORDED.read_text("utf-8"))
    code = 0
    for name, value in now.items():
        worse = value > recorded[name] * WORSE
        code |= worse
        print(
            f"{'WORSE' if worse else 'well':5} {name}: {value:.2f}, recorded {recorded[name]:.2f}"
        )
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
