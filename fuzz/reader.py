"""An atheris target: whatever bytes come, the reader says what is wrong, and its places are right.

    .venv/bin/pip install -e '.[fuzz]'
    .venv/bin/python fuzz/reader.py -max_total_time=600

libFuzzer's options apply (https://llvm.org/docs/LibFuzzer.html). It begins with the documents of
the YAML test suite and keeps what it finds in ``.fuzz``; ``docs/testing.md`` says more.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".fuzz"
sys.path.insert(0, str(ROOT))
with atheris.instrument_imports(
    include=["okxlint.documents", "okxlint.secrets", "okxlint.manifest"]
):
    from okxlint.manifest import load

from tests.fuzz.invariants import check_read


def one_input(data: bytes) -> None:
    """Read one file, check its places, and make an inventory of it."""
    load([check_read(data)])


def _folders() -> list[str]:
    """Where what is found goes, and where there is something to begin with."""
    corpus, seeds = KEPT / "corpus", KEPT / "seeds"
    for folder in (corpus, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    suite = json.loads((ROOT / "tests/data/yaml-test-suite.json").read_text(encoding="utf-8"))
    for case in suite["cases"]:
        (seeds / case["id"]).write_text(case["yaml"], encoding="utf-8", newline="\n")
    return [str(corpus), str(seeds)]


def main() -> None:
    """Run libFuzzer on what the command line says, with files given there as inputs."""
    options = [f"-artifact_prefix={KEPT}/", *sys.argv[1:]]
    given = [each for each in sys.argv[1:] if not each.startswith("-")]
    atheris.Setup([sys.argv[0], *options, *([] if given else _folders())], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
