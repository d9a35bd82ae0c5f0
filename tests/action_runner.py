"""Runs a composite action as GitHub's runner does: each step's shell, ``if``, outputs, files.

Of expressions it knows what ``action.yml`` uses, and refuses the rest. What another action would do
(``uses``) is noted and not done.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent

Outputs = dict[str, str]
Value = str | bool

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[A-Za-z_][\w.-]*(?:\(\))?|&&|\|\||==|!=|!|\(|\))")
# What the runner obeys: actions/runner, src/Runner.Common/ActionCommand.cs, both forms.
_COMMAND = re.compile(r"^\s*::([^\s:]+)(?: (.*?))?::(.*)$")
_OLD_COMMAND = re.compile(r"##\[([^\]]+)\]")


class Command(NamedTuple):
    """A line of the log that the runner takes for a command."""

    name: str
    properties: str
    message: str


@dataclass(frozen=True)
class Step:
    """What came of a step."""

    name: str
    conclusion: str
    """``success``, ``failure`` or ``skipped``."""
    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: Outputs = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    """What another action was given."""

    @property
    def commands(self) -> list[Command]:
        """What the runner would obey."""
        told = []
        for line in re.split(r"[\r\n]", self.log):
            if found := _COMMAND.match(line):
                told.append(Command(found[1], found[2] or "", found[3]))
            elif old := _OLD_COMMAND.search(line):
                told.append(Command(old[1], "", line))
        return told


@dataclass(frozen=True)
class Job:
    """What came of the whole action."""

    steps: tuple[Step, ...]
    outputs: Outputs
    changes: str
    """What was written for later steps of the job: variables and parts of PATH."""

    def step(self, name: str) -> Step:
        """A step by its name."""
        return next(step for step in self.steps if step.name == name)

    @property
    def code(self) -> int:
        """With what the job ends: the first failure's exit status."""
        return next((step.code for step in self.steps if step.conclusion == "failure"), 0)

    @property
    def commands(self) -> list[Command]:
        """What the runner would obey, of all steps."""
        return [command for step in self.steps for command in step.commands]

    @property
    def log(self) -> str:
        """What all steps have written."""
        return "".join(step.log for step in self.steps)


class Runner:
    """A job's machine: its folders, and the variables that every step gets."""

    def __init__(self, workspace: Path, temp: Path, **variables: str) -> None:
        self._workspace = workspace
        self._temp = temp
        self._temp.mkdir(parents=True, exist_ok=True)
        kept = ("PATH", "LANG", "PIP_", "SSL_", "REQUESTS_", "CURL_")
        inherited = {name: text for name, text in os.environ.items() if name.startswith(kept)}
        self._environment = inherited | {
            "HOME": str(temp),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(temp),
            **variables,
        }

    def run(self, inputs: Mapping[str, str], replaced: Mapping[str, Outputs] | None = None) -> Job:
        """Run the action. Steps in ``replaced`` (by id) are not run, but have these outputs."""
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        assert inputs.keys() <= action["inputs"].keys(), "the runner warns of an unknown input"
        defaults = {name: about.get("default", "") for name, about in action["inputs"].items()}
        scope = Scope({**defaults, **inputs})
        steps = []
        for number, text in enumerate(action["runs"]["steps"]):
            outputs = (replaced or {}).get(text.get("id", ""))
            step = self._step(text, number, scope) if outputs is None else _replaced(text, outputs)
            scope.steps[text.get("id", "")] = step.outputs
            scope.failed |= step.conclusion == "failure" and not text.get("continue-on-error")
            steps.append(step)
        outputs = {name: scope.filled(about["value"]) for name, about in action["outputs"].items()}
        changes = "".join(path.read_text() for path in sorted(self._temp.glob("[0-9]-to-*")))
        return Job(tuple(steps), outputs, changes)

    def _step(self, text: Mapping[str, Any], number: int, scope: Scope) -> Step:
        if not scope.allows(text.get("if", "success()")):
            return Step(text["name"], "skipped")
        if "uses" in text:
            given = {name: scope.filled(value) for name, value in text["with"].items()}
            return Step(text["name"], "success", given=given)
        assert text["shell"] == "bash"
        files = {
            "GITHUB_OUTPUT": self._file(number, "output"),
            "GITHUB_STEP_SUMMARY": self._file(number, "summary"),
            "GITHUB_ENV": self._file(number, "to-env"),
            "GITHUB_PATH": self._file(number, "to-path"),
            "GITHUB_STATE": self._file(number, "to-state"),
        }
        script = self._file(number, "script.sh", scope.filled(text["run"]))
        own = {name: scope.filled(value) for name, value in text.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self._workspace,
            env=self._environment | own | {name: str(path) for name, path in files.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Step(
            text["name"],
            "failure" if done.returncode else "success",
            done.returncode,
            done.stdout.decode(),
            files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
            dict(_read_outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))),
        )

    def _file(self, number: int, name: str, text: str = "") -> Path:
        path = self._temp / f"{number}-{name}"
        path.write_text(text, encoding="utf-8")
        return path


def _replaced(text: Mapping[str, Any], outputs: Outputs) -> Step:
    return Step(text["name"], "success", outputs=outputs)


def _read_outputs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        assert equals, f"the runner refuses '{line}'"
        yield name, value


class Scope:
    """What an expression can refer to."""

    def __init__(self, inputs: Mapping[str, str]) -> None:
        self.inputs = inputs
        self.steps: dict[str, Outputs] = {}
        self.failed = False

    def filled(self, text: str) -> str:
        """A text with its expressions worked out."""
        return _EXPRESSION.sub(lambda found: _text(self.value(found[1])), text)

    def allows(self, condition: str) -> bool:
        """Whether a step runs; a condition that asks for no status means ``success()`` too."""
        inner = _EXPRESSION.fullmatch(condition.strip())
        condition = inner[1] if inner else condition
        asks = re.search(r"\b(?:success|failure|cancelled|always)\(\)", condition)
        return bool(self.value(condition) and (asks or not self.failed))

    def value(self, expression: str) -> Value:
        """What an expression comes to."""
        tokens, end = [], 0
        while found := _TOKEN.match(expression, end):
            tokens.append(found[1])
            end = found.end()
        assert not expression[end:].strip(), f"not understood: {expression}"
        value = self._either(tokens)
        assert not tokens, f"not understood: {expression}"
        return value

    def _either(self, tokens: list[str]) -> Value:
        value = self._both(tokens)
        while tokens[:1] == ["||"]:
            tokens.pop(0)
            other = self._both(tokens)
            value = value or other
        return value

    def _both(self, tokens: list[str]) -> Value:
        value = self._compared(tokens)
        while tokens[:1] == ["&&"]:
            tokens.pop(0)
            other = self._compared(tokens)
            value = other if value else value
        return value

    def _compared(self, tokens: list[str]) -> Value:
        value = self._single(tokens)
        if tokens[:1] in (["=="], ["!="]):
            is_equality = tokens.pop(0) == "=="
            other = self._single(tokens)
            assert isinstance(value, str)
            assert isinstance(other, str)
            return (value.lower() == other.lower()) is is_equality
        return value

    def _single(self, tokens: list[str]) -> Value:
        word = tokens.pop(0)
        if word == "!":
            return not self._single(tokens)
        if word == "(":
            value = self._either(tokens)
            assert tokens.pop(0) == ")"
            return value
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        statuses = {"cancelled()": False, "success()": not self.failed}
        if word in statuses:
            return statuses[word]
        place = word.split(".")
        if place[0] == "inputs":
            return self.inputs[place[1]]
        assert place[0] == "steps"
        assert place[2] == "outputs"
        return self.steps.get(place[1], {}).get(place[3], "")


def _text(value: Value) -> str:
    return value if isinstance(value, str) else str(value).lower()
