"""Where the time of one check goes: ``python benchmarks/stages.py FOLDER`` prints seconds by stage, as JSON.

The stages are those of ``okxlint.check``, one after the other in this process.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from datetime import date
from typing import Any

STARTED = time.perf_counter()


def main(folder: str) -> dict[str, float]:
    """Seconds by stage."""
    gc.disable()
    marks: list[tuple[str, float]] = []

    def done(stage: str, value: Any) -> Any:
        marks.append((stage, time.perf_counter()))
        return value

    from okxlint.check import Request, run_check
    from okxlint.documents.reader import read
    from okxlint.engine import Question, judge
    from okxlint.loading import Wanted, load_files
    from okxlint.manifest import load
    from okxlint.paths import find_tree
    from okxlint.policy import file as policy_file
    from okxlint.report import View, concise
    from okxlint.secrets.masking import Masking

    day = Question(date(2026, 11, 22))
    done("start", read("", b""))
    tree = find_tree(folder)
    policy = done("policy and rules", policy_file.load("recommended", folder, tree))
    files = done("parse", load_files(Wanted(folder), tree, policy).files)
    inventory, flaws = done("validate", load(files))
    masking = done("look for secrets", Masking(files, []))
    done("judge", judge(day, policy, files, inventory, flaws, masking.redactor))
    report = run_check(Request(day, Wanted(folder), policy="recommended"))
    done("", None)
    done("report", concise.write(report, io.StringIO(), View()))
    times = [STARTED, *(moment for _, moment in marks)]
    return {
        stage: now - before for (stage, now), before in zip(marks, times, strict=False) if stage
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
