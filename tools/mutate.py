"""Mutation testing: would the tests notice if the code were wrong?

``python tools/mutate.py [WORD…]`` changes one thing at a time in a copy of the tree, runs the
tests of that module, and tells which changes nobody noticed. A WORD chooses the modules whose path
has it. The mutations and their running are cosmic-ray's (https://cosmic-ray.readthedocs.io). What
nobody noticed goes to ``.mutation/survivors.txt``; docs/testing.md says what is known of it.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

from okxlint.rule import load_rule, rule_ids

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / ".mutation"
WORKERS = 2
SECONDS = 60
"""After so long a mutant that hangs counts as noticed."""
GROUPS = {
    "permissions": ["tests/test_permission_rules.py"],
    "network": ["tests/test_network_rules.py"],
    "lifecycle": ["tests/test_lifecycle_rules.py", "tests/test_limit_rules.py"],
    "inventory": ["tests/test_inventory_rules.py", "tests/test_limit_rules.py"],
    "secrets": ["tests/test_secret_rules.py", "tests/test_leaks.py"],
    "transitions": ["tests/test_transition_rules.py", "tests/test_transition_examples.py"],
    "live": ["tests/test_live_rules.py", "tests/test_reconciliation.py"],
    "hygiene": ["tests/test_waivers.py", "tests/test_manifest.py", "tests/test_engine.py"],
}
OTHERS = {
    "okxlint/waivers.py": [
        *("tests/test_waivers.py", "tests/test_fixes.py", "tests/test_policy_locks.py"),
        "tests/test_base.py",
    ],
    "okxlint/policy_order.py": ["tests/test_policy_order.py"],
    "okxlint/policy/strictness.py": ["tests/test_policy_order.py", "tests/test_policy_locks.py"],
    "okxlint/policy/locks.py": ["tests/test_policy_locks.py"],
    "okxlint/live/answers.py": ["tests/test_live_client.py"],
}
# One mutation for each way to be wrong: the other replacements crash at once, or are the same.
LEFT_OUT = re.compile(
    r"VariableInserter|VariableReplacer|UAdd|Invert"
    r"|ReplaceComparisonOperator_(?!(Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE"
    r"|GtE_Gt|GtE_Lt|Is_IsNot|IsNot_Is)$)"
    r"|ReplaceBinaryOperator_(?!(Add_Sub|Sub_Add|Mul_FloorDiv|FloorDiv_Mul|Mod_Mul|Pow_Mul"
    r"|BitOr_BitAnd|BitAnd_BitOr|LShift_RShift)$)"
)


class Module(NamedTuple):
    """A module, its group in the table of figures, and its tests."""

    path: str
    group: str
    tests: list[str]


class Outcome(NamedTuple):
    """What became of one mutant."""

    module: Module
    line: int
    operator: str
    survived: bool
    source: str


def modules() -> Iterator[Module]:
    for rule_id in rule_ids():
        path = f"okxlint/rules/{rule_id.replace('-', '_')}.py"
        group = load_rule(rule_id).group
        tests = ["tests/test_rules.py", *GROUPS[group], "tests/test_rule_words.py"]
        yield Module(path, f"rules: {group}", tests)
    for path, tests in OTHERS.items():
        yield Module(path, path, tests)


def main(words: list[str]) -> int:
    OUT.mkdir(exist_ok=True)
    chosen = [each for each in modules() if not words or any(word in each.path for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(WORKERS):
            copies.put(_copy(Path(folder) / str(number)))
        with ThreadPoolExecutor(WORKERS) as pool:
            found = [
                each
                for outcomes in pool.map(lambda m: _run(m, copies), chosen)
                for each in outcomes
            ]
    survivors = [each for each in found if each.survived]
    rows = [f"{each.module.path}:{each.line}: {each.operator}: {each.source}" for each in survivors]
    (OUT / "survivors.txt").write_text("".join(f"{row}\n" for row in rows))
    print(*rows, sep="\n")
    _table(found)
    return 0 if len(survivors) * 10 <= len(found) else 1


def _copy(folder: Path) -> Path:
    """The tree as it is now, what is not committed included."""
    listed = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    for name in names.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def _run(module: Module, copies: SimpleQueue[Path]) -> list[Outcome]:
    copy = copies.get()
    try:
        return _outcomes(module, copy)
    finally:
        copies.put(copy)


def _outcomes(module: Module, copy: Path) -> list[Outcome]:
    config, database = copy / "mutation.toml", copy / "mutation.sqlite"
    database.unlink(missing_ok=True)
    test = [sys.executable, "-m", "pytest", "-x", "-q", "-c", "mutation.ini", "--rootdir", "."]
    test += ["-p", "no:cacheprovider", *module.tests]
    (copy / "mutation.ini").write_text("[pytest]\nfilterwarnings = error\n")
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{module.path}"\ntimeout = {SECONDS}\n'
        f'excluded-modules = []\ntest-command = "{" ".join(test)}"\n'
        '[cosmic-ray.distributor]\nname = "local"\n'
    )
    environment = os.environ | {
        "PYTHONPATH": str(copy),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run(test, cwd=copy, env=environment, stdout=subprocess.DEVNULL, check=True)
    for step in (["init", config, database], ["exec", config, database]):
        cosmic = [str(Path(sys.executable).with_name("cosmic-ray")), *map(str, step)]
        subprocess.run(cosmic, cwd=copy, env=environment, check=True)
        if step[0] == "init":
            with use_db(str(database)) as work:
                _leave_out(work, ast.parse((copy / module.path).read_text()))
    lines = (copy / module.path).read_text().split("\n")
    with use_db(str(database), mode=WorkDB.Mode.open) as work:
        results = dict(work.results)
        found = [
            Outcome(
                module,
                change.start_pos[0],
                change.operator_name.removeprefix("core/"),
                results[item.job_id].test_outcome is TestOutcome.SURVIVED,
                lines[change.start_pos[0] - 1].strip(),
            )
            for item in work.work_items
            for change in item.mutations
            if results[item.job_id].worker_outcome is not WorkerOutcome.SKIPPED
        ]
    print(f"{module.path}: {sum(not each.survived for each in found)} of {len(found)}", flush=True)
    return found


def _leave_out(work: WorkDB, tree: ast.Module) -> None:
    """Do not run what changes only a type, and what is left out."""
    types = list(_types(tree))
    for item in work.work_items:
        for change in item.mutations:
            place = change.start_pos
            in_type = any(start <= place < end for start, end in types)
            if in_type or LEFT_OUT.search(change.operator_name):
                skipped = WorkResult(worker_outcome=WorkerOutcome.SKIPPED)
                work.set_result(item.job_id, skipped)


def _types(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations stand, which nothing evaluates, and imports for them alone."""
    for node in ast.walk(tree):
        parts: list[ast.expr | ast.stmt | None] = []
        if isinstance(node, ast.FunctionDef):
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            parts = [node.returns, *(each.annotation for each in arguments)]
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            parts = [node]
        for part in parts:
            if part is not None and part.end_lineno is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset or 0)


def _table(found: list[Outcome]) -> None:
    print("\n| group | mutants | noticed | share |\n|---|---:|---:|---:|")
    counts = Counter(each.module.group for each in found)
    kept = Counter(each.module.group for each in found if each.survived)
    for group in [*dict.fromkeys(each.module.group for each in found), "all"]:
        all_ = counts[group] if group != "all" else len(found)
        noticed = all_ - (kept[group] if group != "all" else kept.total())
        print(f"| {group} | {all_} | {noticed} | {100 * noticed / all_:.1f} % |")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
