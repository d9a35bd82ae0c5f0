"""A key's label must say what the key is for.

When a key has to be deleted in a hurry, its label is what a person sees in the exchange's list.
A label such as `test` or `key2` makes them guess, and a wrong guess stops another app or leaves
the leaked key alive. A good label names the app and the time from which the key is used.

A label says nothing if it has fewer than 3 characters, or if nothing but digits and separators
stands beside one of these words: test, temp, tmp, key, api, apikey, api-key, default, new,
untitled, foo, bar, asdf. With the option `pattern`, a label must also be of your own form.

## Bad

```yaml
version: 1
keys:
  - label: test-1  # expect: descriptive-label:warning test-1
    account: main
    permissions: [read_only]
  - label: API_key (2)  # expect: descriptive-label:warning API_key (2)
    account: main
    permissions: [read_only]
```

## Bad: not of the form asked for

```yaml
# rules: {descriptive-label: {pattern: "[a-z]+-[0-9]{4}q[1-4]"}}
version: 1
keys:
  - label: Grid Bot  # expect: descriptive-label:warning Grid Bot
    account: main
    permissions: [read_only]
  - label: gridbot-2026q4-old  # expect: descriptive-label:warning gridbot-2026q4-old
    account: main
    permissions: [read_only]
```

## Boundary

```yaml
version: 1
keys:
  - label: g4  # expect: descriptive-label:warning g4
    account: main
    permissions: [read_only]
  - label: g-4
    account: main
    permissions: [read_only]
```

## Good

```yaml
# rules: {descriptive-label: {pattern: "[a-z]+-[0-9]{4}q[1-4]"}}
version: 1
keys:
  - label: gridbot-2026q4
    account: main
    permissions: [read_only]
  - label: newsfeed-2026q4
    account: main
    permissions: [read_only]
```

## Notes

Case does not count for the words. Whatever is no letter is a digit or separator, so `test (1)` is
`test`, and `test-grid` is a label of its own. Blanks at either end are not counted as characters.
`pattern` is a regular expression as in Python, and the whole label has to match it. One that takes
half a second is given up, and the run ends incomplete. A label that is wrong in both ways is one
finding.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic_core import PydanticCustomError

from okxlint.forms import Form, after
from okxlint.inventory import Inventory, Key
from okxlint.rule import Hit, RuleOptions, Run, option, rule

if TYPE_CHECKING:
    from okxlint.assertions.pattern import BoundedPattern

_SHORTEST = 3
_WORDS = frozenset(
    "test temp tmp key api apikey default new untitled foo bar asdf".split()  # noqa: SIM905
)


def _compiled(text: str) -> str:
    from okxlint.assertions.pattern import NotAPattern, compile_pattern

    try:
        compile_pattern(text)
    except NotAPattern as error:
        raise PydanticCustomError(
            "pattern",
            "this is no regular expression: {reason} (at character {at})",
            {"reason": error.message, "at": error.offset + 1},
        ) from None
    return text


Pattern = Annotated[str, Form(after(_compiled), {"type": "string", "format": "regex"})]


class Options(RuleOptions):
    pattern: Pattern = option(
        "", "A regular expression that the whole label must match.", stricter="given"
    )


@rule(
    group="inventory",
    target="key",
    recommended="warning",
    strict="warning",
    security_severity="2.0",
    options=Options,
    help=(
        "Name the key after its app and the time from which it is used, for example "
        "'gridbot-2026q4', on OKX and here alike."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    pattern = run.options.pattern
    if says_nothing(key.label):
        problem = "does not say what the key is for"
    elif pattern and not _matches(pattern, key.label, run.join(_patterns)):
        problem = f"does not match the policy's pattern '{pattern}'"
    else:
        return
    yield Hit(
        at=key.origin.label,
        value=key.label,
        message=f"the label '{key.label}' of a key of account '{key.account}' {problem}",
    )


def _patterns(_: Inventory) -> "dict[str, BoundedPattern]":
    """The patterns of a run, filled as they are needed: one that is given up stays so."""
    return {}


def _matches(pattern: str, label: str, patterns: "dict[str, BoundedPattern]") -> bool:
    from okxlint.assertions.pattern import compile_pattern

    if pattern not in patterns:
        patterns[pattern] = compile_pattern(pattern)
    return patterns[pattern].fullmatch(label)


def says_nothing(label: str) -> bool:
    """Whether a label is too short, or one of the words that name anything."""
    letters = "".join(filter(str.isalpha, label))
    return len(label.strip()) < _SHORTEST or letters.lower() in _WORDS
