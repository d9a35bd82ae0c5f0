"""Measures custom rules: one in JSON Schema and one in CEL, each asked of 10,000 keys.

``python benchmarks/custom_rules.py``: the best of several runs of the rule's check alone, in seconds. The budgets are
1 s for JSON Schema and 0.2 s for CEL.
"""

from __future__ import annotations

import gc
import time
from datetime import date

from inventory import inventory

from okxlint.documents.reader import read
from okxlint.engine import Context, Question, judge
from okxlint.files import WorkFiles
from okxlint.manifest import load
from okxlint.paths import Tree
from okxlint.policy.chain import Chain
from okxlint.policy.file import policy_of
from okxlint.policy.text import read_text
from okxlint.secrets.redact import Redactor

KEYS = 10_000
POLICY = """\
version: 1
extends: []
custom:
  - id: acme-json-schema
    for: key
    message: m
    assert:
      required: [owner]
      properties: {label: {pattern: "^bot-"}, environment: {enum: [live, demo]}}
  - id: acme-cel
    for: key
    message: m
    assert: "!('trade' in key.permissions) || size(key.ip_allowlist) <= 4"
"""


def main() -> None:
    """Measure each rule, and print a line for it."""
    gc.disable()
    file = read("okx-keys.yaml", inventory(KEYS).encode())
    found, _ = load([file])
    text = read_text("okxlint.yaml", POLICY.encode(), "/", is_pack=False)
    policy = policy_of(Chain(Tree("/", git=False), WorkFiles()), text)
    for rule in ("acme-json-schema", "acme-cel"):
        question = Question(date(2026, 11, 22), select=frozenset({rule}))
        runs = []
        for _ in range(5):
            started = time.perf_counter()
            trial = judge(question, policy, [], found, [], Redactor(()), Context())
            runs.append(time.perf_counter() - started)
        print(f"{rule}: {min(runs):.3f} s for {KEYS:,} keys, {len(trial.findings):,} findings made")


if __name__ == "__main__":
    main()
