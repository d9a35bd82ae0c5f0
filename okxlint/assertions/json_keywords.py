"""The keywords of JSON Schema that could search, compare or quote without an end, bounded.

Their errors say little: whoever tells a person what is wrong looks at the keyword and the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from okxlint.assertions.pattern import BoundedPattern, NotAPattern, TooSlow, compile_pattern

FORMATS = ("date", "email", "ipv4", "ipv6", "regex", "uuid")
"""The formats that are checked: those that need nothing installed besides jsonschema."""

_MOST_STEPS = 20_000
_PATTERN_STEPS = 200
"""What it takes to see whether a value is a regular expression."""
_TOO_MANY = (
    f"the schema asks more than {_MOST_STEPS:,} questions about one object: it has alternatives "
    "inside alternatives, or the object is very large"
)
_Keyword = Callable[[Any, Any, Any, Any], Any]


class Target(NamedTuple):
    """Where a reference leads."""

    schema: Any
    resolver: Any


@dataclass
class Steps:
    """How many keywords may still be looked at for one value."""

    left: int = _MOST_STEPS

    def refill(self) -> None:
        """Begin with another value. Raises ``TooSlow`` once the steps ran out: that is enough."""
        if self.left < 0:
            raise TooSlow(_TOO_MANY)
        self.left = _MOST_STEPS

    def take(self, count: int = 1) -> None:
        """Take some. Raises ``TooSlow`` after the last: alternatives double them."""
        self.left -= count
        if self.left < 0:
            raise TooSlow(_TOO_MANY)


class Keywords:
    """The keywords for one schema, whose patterns are compiled and whose references are known."""

    def __init__(self) -> None:
        self.patterns: dict[str, BoundedPattern] = {}
        self.targets: dict[int, dict[str, Target]] = {}
        """By the ``id`` of the schema that holds the reference, and its keyword."""
        self.steps = Steps()
        self._choices: dict[int, frozenset[Hashable]] = {}

    def validator(self, contents: Any) -> Any:
        """A validator of jsonschema for the schema."""
        from jsonschema import Draft202012Validator, FormatChecker, validators

        formats = FormatChecker(FORMATS)
        formats.checks("regex", raises=NotAPattern)(self._is_pattern)
        own: dict[str, _Keyword] = {
            "$ref": partial(self._reference, "$ref"),
            "$dynamicRef": partial(self._reference, "$dynamicRef"),
            "additionalProperties": self._additional_properties,
            "const": _const,
            "enum": self._enum,
            "multipleOf": _multiple_of,
            "not": _not,
            "pattern": self._pattern,
            "patternProperties": self._pattern_properties,
            "unevaluatedProperties": self._unevaluated_properties,
            "uniqueItems": _unique_items,
        }
        known = {**Draft202012Validator.VALIDATORS, **own}
        counted = {name: _counted(keyword, self.steps) for name, keyword in known.items()}
        extend: Any = validators.extend
        extended = extend(Draft202012Validator, counted)
        return extended(contents, format_checker=formats)

    def _is_pattern(self, value: object) -> bool:
        if not isinstance(value, str):
            return True
        self.steps.take(_PATTERN_STEPS)
        return bool(compile_pattern(value))

    def _enum(self, _: Any, wanted: list[Any], instance: Any, __: Any) -> Iterator[Any]:
        if id(wanted) not in self._choices:
            self._choices[id(wanted)] = frozenset(map(_frozen, wanted))
        if _frozen(instance) not in self._choices[id(wanted)]:
            yield _error("none of the values that it may have")

    def _pattern(self, _: Any, text: str, instance: Any, __: Any) -> Iterator[Any]:
        if isinstance(instance, str) and not self.patterns[text].search(instance):
            yield _error("the pattern does not match")

    def _pattern_properties(
        self, validator: Any, wanted: dict[str, Any], instance: Any, _: Any
    ) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        for text, schema in wanted.items():
            for name, value in instance.items():
                if self.patterns[text].search(name):
                    yield from validator.descend(value, schema, path=name, schema_path=text)

    def _additional_properties(
        self, validator: Any, wanted: Any, instance: Any, schema: Any
    ) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        others = [name for name in instance if not self._is_named(schema, name)]
        if wanted is False and others:
            yield _refused(others)
        elif wanted is not False:
            for name in others:
                yield from validator.descend(instance[name], wanted, path=name)

    def _unevaluated_properties(
        self, validator: Any, wanted: Any, instance: Any, schema: Any
    ) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        seen = self._seen(validator, instance, schema, None)
        others = [
            name
            for name, value in instance.items()
            if name not in seen and not _allows(validator, value, wanted, None)
        ]
        if others:
            yield _refused(others)

    def _reference(
        self, keyword: str, validator: Any, _: Any, instance: Any, schema: Any
    ) -> Iterator[Any]:
        target = self.targets[id(schema)][keyword]
        yield from validator.descend(instance, target.schema, resolver=target.resolver)

    def _is_named(self, schema: dict[str, Any], name: str) -> bool:
        return name in schema.get("properties", ()) or any(
            self.patterns[text].search(name) for text in schema.get("patternProperties", ())
        )

    def _seen(self, validator: Any, instance: dict[str, Any], schema: Any, at: Any) -> set[str]:
        """The fields of an object that a schema speaks of; of its parts, those that allow it.

        ``at`` is the resolver of the schema if that is not the validator's own.
        """
        self.steps.take()
        if not isinstance(schema, dict):
            return set()
        if "additionalProperties" in schema:
            return set(instance)
        seen = {name for name in instance if self._is_named(schema, name)}
        for inside, resolver in self._about_the_same(validator, instance, schema, at):
            if not _allows(validator, instance, inside, resolver):
                continue
            if isinstance(inside, dict) and "unevaluatedProperties" in inside:
                return set(instance)
            seen |= self._seen(validator, instance, inside, resolver)
        return seen

    def _about_the_same(
        self, validator: Any, instance: dict[str, Any], schema: dict[str, Any], at: Any
    ) -> Iterator[Target]:
        yield from self.targets.get(id(schema), {}).values()
        for keyword in ("allOf", "anyOf", "oneOf"):
            yield from (Target(inside, at) for inside in schema.get(keyword, ()))
        for name, inside in schema.get("dependentSchemas", {}).items():
            if name in instance:
                yield Target(inside, at)
        if "if" in schema:
            yield Target(schema["if"], at)
            branch = "then" if _allows(validator, instance, schema["if"], at) else "else"
            if branch in schema:
                yield Target(schema[branch], at)


def _counted(keyword: _Keyword, steps: Steps) -> _Keyword:
    def counted(validator: Any, wanted: Any, instance: Any, schema: Any) -> Any:
        steps.take()
        return keyword(validator, wanted, instance, schema)

    return counted


def _allows(validator: Any, instance: Any, schema: Any, resolver: Any) -> bool:
    return next(validator.descend(instance, schema, resolver=resolver), None) is None


def _const(_: Any, wanted: Any, instance: Any, __: Any) -> Iterator[Any]:
    if _frozen(instance) != _frozen(wanted):
        yield _error("another value")


def _not(validator: Any, refused: Any, instance: Any, _: Any) -> Iterator[Any]:
    if _allows(validator, instance, refused, None):
        yield _error("what it must not be")


def _multiple_of(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import Draft202012Validator

    try:
        yield from Draft202012Validator.VALIDATORS["multipleOf"](
            validator, wanted, instance, schema
        )
    except (OverflowError, ValueError):  # infinity, or more digits than a float has
        yield _error("no multiple")


def _unique_items(_: Any, wanted: Any, instance: Any, __: Any) -> Iterator[Any]:
    # jsonschema compares each item with each where they cannot be sorted.
    if wanted and isinstance(instance, list) and len({*map(_frozen, instance)}) < len(instance):
        yield _error("items that are the same")


def _frozen(value: Any) -> Hashable:
    """A value that is equal to another's if JSON Schema says that they are equal."""
    if isinstance(value, dict):
        return frozenset((name, _frozen(item)) for name, item in value.items())
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return (bool, value) if isinstance(value, bool) else value


def _refused(names: list[str]) -> Any:
    told = ", ".join(f"'{name}'" for name in sorted(names))
    return _error(
        f"{told} {'is' if len(names) == 1 else 'are'} not among the fields that are allowed"
    )


def _error(message: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(message)
