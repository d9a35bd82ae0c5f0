"""A manifest must be YAML that can be read in one way only.

What cannot be read cannot be checked, and what can be read in two ways is checked in one and used
in the other. So a manifest is read by the core schema of YAML 1.2 and nothing is guessed. Refused
are: broken syntax; a key that stands twice in one mapping; an alias whose anchor is not there, or
which stands inside the very thing that it names; a merge (`<<`) of what is no mapping; a key that
is a list or a mapping; a tag of a program's own types; an anchor or alias with anything but letters,
digits, `-` and `_` in its name; and text that is not UTF-8.

Limits keep a file from growing in memory: lists and mappings stand at most 64 deep in one another,
all aliases of a file together add at most 1,000,000 nodes, and a file has at most 64 MiB.

The finding points at the key, tag or alias itself, or else at the place where reading stopped. The
documents before that place are still judged. A key that stands twice leaves its document readable:
the first value holds, and the rest is judged with it.

## Bad: a key twice

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only]
    permissions: [read_only, withdraw]  # expect: yaml-syntax:error duplicate key
```

## Bad: an alias without its anchor

```yaml
version: 1
x-office: &office [203.0.113.7]
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only]
    ip_allowlist: *ofice  # expect: yaml-syntax:error unknown alias
```

## Bad: a merge of what is no mapping

```yaml
version: 1
x-office: &office [203.0.113.7]
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only]
    <<: *office  # expect: yaml-syntax:error not a mapping to merge
```

## Bad: a bracket that does not end

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade
    created: 2026-10-01  # expect: yaml-syntax:error syntax
```

## Good: anchors, aliases, merges and two documents

```yaml
version: 1
x-grid: &grid
  account: gridbot01
  permissions: &trading [read_only, trade]
keys:
  - {<<: *grid, label: gridbot-2026q4}
  - {label: hedge-2026q4, account: hedge01, permissions: *trading}
---
version: 1
keys:
  - label: no          # text, as in YAML 1.2
    account: "0012"
    permissions: [read_only]
```

## Notes

- Words such as `no`, `off`, `yes` and dates are text. A field that is text takes numbers as they
  are written: `key_id: 0012` keeps its zeros.
- An address that begins or ends with a colon needs quotes inside `[ ]`: `["2001:db8::"]`.
- A text that begins with `?` needs quotes inside `[ ]` and `{ }`: some programs leave it out.
- An alias is judged where it is used: findings point at the `*alias`, not at the anchor.
"""

from okxlint.rule import hygiene

check = hygiene(
    __name__,
    severity="error",
    security_severity="5.0",
    help="Mend the YAML at this place and run the check again.",
)
