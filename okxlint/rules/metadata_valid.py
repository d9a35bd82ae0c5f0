"""A key's metadata must be of the form that your organisation asks for.

`metadata` is free: a ticket, a cost centre, a class of risk. Reports and scripts that build on it
break without a word when one key writes it in another way. A policy can name a JSON Schema for it,
and every key's `metadata` is then held against that schema.

```yaml
version: 1
metadata_schema: schemas/key-metadata.json
```

The schema is a JSON file of draft 2020-12. Numbers, booleans and nulls in `metadata` are told from
text by the core schema of YAML 1.2, and quotes make text. Each thing that the schema refuses is one
finding, and its value is the JSON pointer of the part that is refused: `/ticket`, or nothing for the
whole. Something missing is found at the object that lacks it. The examples are held against this
schema:

```json
{
  "type": "object",
  "required": ["ticket"],
  "properties": {
    "ticket": {"type": "string", "pattern": "^SEC-[0-9]+$"},
    "risk": {"type": "integer", "minimum": 1, "maximum": 5}
  }
}
```

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    metadata:
      ticket: sec-123  # expect: metadata-valid:error /ticket
      risk: high  # expect: metadata-valid:error /risk
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    metadata: {risk: 2}  # expect: metadata-valid:error
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    metadata: {ticket: SEC-123, risk: 2}
  - label: report-2026q4
    account: gridbot01
    permissions: [read_only]
```

## Notes

A key without `metadata` is not asked for any. References inside a schema may lead to parts of the
same file and nowhere else: nothing is fetched. Of `format`, the words date, email, ipv4, ipv6, regex
and uuid are checked, the others are remarks. Patterns are regular expressions as in Python. A schema
that is no valid one is an error of the policy; one that takes too long is given up, and the run ends
incomplete. The message says what the schema asks for and never shows what is in the manifest.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from okxlint.documents.scalars import typed
from okxlint.inventory import Key
from okxlint.rule import Hit, NoOptions, Run, rule

if TYPE_CHECKING:
    from okxlint.assertions.metadata_schema import MetadataSchema


@rule(
    group="inventory",
    target="key",
    recommended="error",
    strict="error",
    security_severity="2.0",
    help="Write 'metadata' as the schema that the policy names in 'metadata_schema' asks for.",
)
def check(key: Key, run: Run[NoOptions]) -> Iterator[Hit]:
    schema: MetadataSchema | None = run.metadata_schema
    if schema is None or key.metadata is None:
        return
    for found in schema.errors(typed(key.metadata)):
        part = f"'{found.pointer}' in the metadata" if found.route else "the metadata"
        yield Hit(
            at=key.origin.at("metadata", *found.route),
            value=found.pointer,
            message=f"{part} of key '{key.label}' of account '{key.account}': {found.message}",
        )
