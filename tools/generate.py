"""Writes what is made from the rules, types and commands: packs, JSON Schemas, hooks, pages.

``python tools/generate.py`` writes; with ``--check`` it changes nothing, names each file that is
stale and exits with 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml
from pages import pages
from pydantic import TypeAdapter

from okxlint.baseline.file import BaselineText
from okxlint.catalogue import GROUPS, PACKS, summary
from okxlint.cli import COMMANDS
from okxlint.inventory import Account, App, Key
from okxlint.policy.layer import SEVERITIES
from okxlint.policy.text import CustomText, Written, written_names
from okxlint.register.json_v1 import RegisterObject
from okxlint.report.calendar import UpcomingObject
from okxlint.report.difference import DifferenceObject
from okxlint.report.json_v1 import ReportObject
from okxlint.rule import Rule, load_rule, rule_ids
from okxlint.snapshot.text import SnapshotText

ROOT = Path(__file__).resolve().parent.parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LOCKED = "Below this policy the rule may only become stricter, and is not waived."
HOOKS = {
    "okxlint": {
        "name": "okxlint: what the commit brings",
        "description": "Check the whole inventory against HEAD; what is there already passes.",
        "entry": "okxlint check --base HEAD --new-only",
        # Also for a commit that only deletes files: no pattern of names can match one.
        "always_run": True,
        "stages": ["pre-commit", "pre-merge-commit", "manual"],
    },
    "okxlint-all": {
        "name": "okxlint: the whole inventory",
        "description": COMMANDS["check"],
        "entry": "okxlint check",
        "always_run": True,
        "stages": ["pre-commit", "pre-merge-commit", "pre-push", "manual"],
    },
    "okxlint-test": {
        "name": "okxlint: policy tests",
        "description": COMMANDS["test"],
        "entry": "okxlint test",
        "files": r"\.(ya?ml|json)$",
        "stages": ["pre-commit", "pre-merge-commit", "pre-push", "manual"],
    },
}
TITLES = {
    "essentials": "The six rules that every trading desk needs.",
    "recommended": "What holds where no policy says otherwise.",
    "strict": "For desks that answer to an auditor: shorter lives, narrower networks, no excuses.",
}


def main() -> int:
    """Write or check every generated file."""
    stale = []
    for path, text in everything():
        old = path.read_text(encoding="utf-8") if path.exists() else None
        if old == text:
            continue
        stale.append(path)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in stale:
        print(path.relative_to(ROOT))
    if "--check" in sys.argv and stale:
        print("These files are stale: run 'python tools/generate.py'.", file=sys.stderr)
        return 1
    return 0


def everything() -> Iterator[tuple[Path, str]]:
    """Each generated file with its text."""
    rules = [load_rule(rule_id) for rule_id in rule_ids()]
    for pack in PACKS:
        yield ROOT / "policies" / f"{pack}.yaml", pack_text(pack, rules)
    schemas = {
        "manifest": manifest_schema(),
        "policy": policy_schema(rules),
        "baseline": baseline_schema(),
        "snapshot": snapshot_schema(),
        "snapshot-diff": difference_schema(),
        "report": report_schema(),
        "register": register_schema(),
        "upcoming": upcoming_schema(),
    }
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        yield ROOT / "schemas" / f"{name}.schema.json", text
    yield ROOT / ".pre-commit-hooks.yaml", hooks_text()
    yield from ((ROOT / path, text) for path, text in pages(ROOT, in_order(rules)))


def in_order(rules: list[Rule]) -> list[Rule]:
    """Rules by group, as they are listed."""
    return sorted(rules, key=lambda rule: (GROUPS.index(rule.group), rule.id))


# -- packs ---------------------------------------------------------------------------------------


def pack_text(pack: str, rules: list[Rule]) -> str:
    """A pack's policy file. ``strict`` says only what it has otherwise than ``recommended``."""
    parent = "recommended" if pack == "strict" else None
    lines = [
        f"# {TITLES[pack]}",
        "# Made from the rules by tools/generate.py: change the rule, not this file.",
        "version: 1",
        f"extends: {parent or '[]'}",
        "rules:",
    ]
    for rule in in_order(rules):
        entry = None if rule.hygiene else pack_entry(pack, parent, rule)
        if entry:
            lines.append(f"  {rule.id}: {entry}")
    return "\n".join(lines) + "\n"


def pack_entry(pack: str, parent: str | None, rule: Rule) -> str | None:
    """What a pack says of a rule, as YAML on one line; ``None`` for nothing."""
    severity = rule.severities.get(pack)
    if severity is None or (
        parent and severity is rule.severities[parent] and not rule.strict_options
    ):
        return None
    if pack != "strict" or not rule.strict_options:
        return severity.word
    options = {"severity": severity.word, **rule.strict_options}
    return "{" + ", ".join(f"{name}: {flow(value)}" for name, value in options.items()) + "}"


def flow(value: Any) -> str:
    """A value as flow YAML."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return value if isinstance(value, str) else json.dumps(value)


# -- hooks ---------------------------------------------------------------------------------------


def hooks_text() -> str:
    """The hooks of pre-commit and prek. Each looks at more than the changed files: it gets none."""
    common = {
        "language": "python",
        "pass_filenames": False,
        "require_serial": True,
        "minimum_pre_commit_version": "3.2.0",
    }
    hooks = [{"id": name, **hook, **common} for name, hook in HOOKS.items()]
    text = yaml.safe_dump(hooks, sort_keys=False, default_flow_style=None, width=100)
    return f"# Made by tools/generate.py; docs/ci.md shows how to use them.\n{text}"


# -- schemas -------------------------------------------------------------------------------------


def manifest_schema() -> dict[str, Any]:
    """The schema of one manifest document."""
    properties: dict[str, Any] = {"version": {"const": 1}}
    definitions: dict[str, Any] = {}
    for name, kind in (("accounts", Account), ("apps", App), ("keys", Key)):
        schema = TypeAdapter(kind).json_schema()
        definitions |= schema.pop("$defs", {})
        definitions[kind.__name__] = schema
        item = {"$ref": f"#/$defs/{kind.__name__}"}
        properties[name] = {"type": ["array", "null"], "items": {"anyOf": [item, {"type": "null"}]}}
    for schema in definitions.values():
        nullable(schema)
    return {
        "$schema": DIALECT,
        "title": "okxlint manifest, version 1",
        "type": "object",
        "properties": properties,
        "patternProperties": {"^x-": True},
        "required": ["version"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def nullable(schema: dict[str, Any]) -> None:
    """A field that is not required may be null: it counts as absent."""
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        field.pop("title", None)
        if field.get("default", 0) is None:
            del field["default"]
        if name in required:
            continue
        if "anyOf" in field:
            if {"type": "null"} not in field["anyOf"]:
                field["anyOf"].append({"type": "null"})
        else:
            kept = {key: field.pop(key) for key in ("default", "description") if key in field}
            inner = dict(field)
            field.clear()
            field.update({"anyOf": [inner, {"type": "null"}], **kept})


def policy_schema(rules: list[Rule]) -> dict[str, Any]:
    """The schema of a policy file, with every rule and its options."""
    schema = TypeAdapter(Written).json_schema()
    definitions: dict[str, Any] = schema.pop("$defs", {})
    for definition in definitions.values():
        nullable(definition)
    nullable(schema)
    schema["properties"]["version"] = {"const": 1}
    definitions["Rules"] = rules_schema(rules)
    a_rule = {"$ref": "#/$defs/Rules"}
    schema["properties"]["rules"] = {"anyOf": [a_rule, {"type": "null"}]}
    without_locks = {"additionalProperties": {"not": {"required": ["locked"]}}}
    definitions["OverrideText"]["properties"]["rules"] = {**a_rule, **without_locks}
    custom = definitions["CustomText"]
    names = [each.name for each in fields(CustomText)]
    named = dict(zip(names, written_names(CustomText), strict=True))
    custom["properties"] = {named[name]: said for name, said in custom["properties"].items()}
    custom["required"] = [named[name] for name in custom["required"]]
    # JSON Schema, or CEL: what stands in either is checked when the policy is read.
    custom["properties"]["assert"] = {"type": ["object", "string", "boolean"]}
    return {
        "$schema": DIALECT,
        **schema,
        "title": "okxlint policy, version 1",
        "$defs": dict(sorted(definitions.items())),
    }


def rules_schema(rules: list[Rule]) -> dict[str, Any]:
    """The schema of what a policy says of rules; those of plugins and custom ones are not known."""
    severity = {"enum": list(SEVERITIES)}
    common = {"severity": severity, "locked": {"type": "boolean", "description": LOCKED}}
    other = {"type": "object", "properties": common}
    return {
        "type": "object",
        "additionalProperties": {
            "description": "A rule of a plugin, or a custom one.",
            "anyOf": [severity, other],
        },
        "properties": {
            rule.id: {
                "description": summary(rule),
                "anyOf": [severity, options_schema(rule, common)],
            }
            for rule in rules
            if not rule.hygiene
        },
    }


def options_schema(rule: Rule, common: dict[str, Any]) -> dict[str, Any]:
    """The schema of a rule's options as a mapping, with what every rule has in common."""
    schema = TypeAdapter(rule.options_model).json_schema()
    properties = schema.get("properties", {})
    for name, facts in rule.facts.items():
        properties[name].pop("title", None)
        properties[name]["description"] = facts.doc
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {**common, **properties},
    }


def baseline_schema() -> dict[str, Any]:
    """The schema of a baseline."""
    schema = TypeAdapter(BaselineText).json_schema()
    for definition in (schema, *schema["$defs"].values()):
        nullable(definition)
    schema["properties"]["version"] = {"const": 1}
    return {"$schema": DIALECT, **schema, "title": "okxlint baseline, version 1"}


def snapshot_schema() -> dict[str, Any]:
    """The schema of a snapshot. Other fields are allowed: a newer okxlint may say more."""
    schema = TypeAdapter(SnapshotText).json_schema()
    for definition in (schema, *schema["$defs"].values()):
        nullable(definition)
    schema["properties"]["accounts"]["minItems"] = 1
    return {"$schema": DIALECT, **schema, "title": "okxlint snapshot, version 1"}


def difference_schema() -> dict[str, Any]:
    """The schema of what changed between two snapshots."""
    schema = TypeAdapter(DifferenceObject).json_schema()
    return {"$schema": DIALECT, **schema, "title": "okxlint snapshot-diff, version 1"}


def register_schema() -> dict[str, Any]:
    """The schema of a key register."""
    schema = TypeAdapter(RegisterObject).json_schema()
    return {"$schema": DIALECT, **schema, "title": "okxlint register, version 1"}


def upcoming_schema() -> dict[str, Any]:
    """The schema of what will begin."""
    schema = TypeAdapter(UpcomingObject).json_schema()
    return {"$schema": DIALECT, **schema, "title": "okxlint upcoming, version 1"}


def report_schema() -> dict[str, Any]:
    """The schema of the JSON report."""
    schema = TypeAdapter(ReportObject).json_schema()
    return {"$schema": DIALECT, **schema, "title": "okxlint report, version 1"}


if __name__ == "__main__":
    sys.exit(main())
