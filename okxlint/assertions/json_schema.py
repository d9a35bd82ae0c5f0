"""JSON Schema of draft 2020-12: found right once, then asked in bounded time.

The validator is jsonschema's. References are followed when a schema is read: they lead to parts of
the schema itself and nowhere else, and nothing is fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from okxlint.assertions.json_keywords import Keywords, Target
from okxlint.assertions.json_parts import (
    Part,
    Route,
    SchemaProblem,
    about_the_same,
    inside,
    is_large,
    refuse_large,
)
from okxlint.assertions.pattern import NotAPattern, TooSlow, compile_pattern

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Schema:
    """A schema that was found right."""

    def __init__(self, contents: Any) -> None:
        """Check a schema as a whole. Raises ``SchemaProblem``."""
        self.parts: list[Part] = []
        """Every schema inside it, the whole first."""
        self._routes: dict[int, Route] = {}
        self._keywords = Keywords()
        try:
            self._read(_without_dialect(contents))
        except RecursionError:  # references from one to the next
            raise SchemaProblem("its references lead to references too often") from None
        self._validator = self._keywords.validator(self.parts[0].schema)

    def errors(self, value: Any) -> list[Any]:
        """What jsonschema finds wrong with a value. Raises ``TooSlow``."""
        return list(self._bounded(value, list))

    def allows(self, value: Any) -> bool:
        """Whether nothing is wrong with a value. Raises ``TooSlow``."""
        return self._bounded(value, lambda found: next(found, None)) is None

    def _bounded(self, value: Any, take: Callable[[Iterator[Any]], Any]) -> Any:
        if is_large(value):
            raise TooSlow("the object is too large to be held against a schema")
        self._keywords.steps.refill()
        try:
            return take(self._validator.iter_errors(value))
        except RecursionError:
            raise TooSlow("the schema, or the object, is nested too deeply") from None

    def same(self, part: Part) -> Iterator[Part]:
        """The parts that are about the very value that this one is about."""
        for step, schema in about_the_same(part.schema):
            yield Part(schema, part.route + step, part.resolver)
        for schema, resolver in self._keywords.targets.get(id(part.schema), {}).values():
            yield Part(schema, self._routes.get(id(schema), part.route), resolver)

    def _read(self, contents: Any) -> None:
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        _check(contents, ())
        # A registry that retrieves nothing: what does not stand in the schema itself is not found.
        registry: Registry[Any] = Registry()
        root = DRAFT202012.create_resource(contents)
        self._walk(Part(contents, (), registry.resolver_with_root(root)))
        for part in self.parts:  # grows while references lead to places not seen before
            for keyword in ("$ref", "$dynamicRef"):
                if isinstance(part.schema, dict) and keyword in part.schema:
                    self._follow(part, keyword)
        self._refuse_choices()
        done: set[int] = set()
        for part in self.parts:
            self._refuse_circles(part, set(), done)

    def _walk(self, here: Part) -> None:
        from referencing.jsonschema import DRAFT202012

        schema, route, resolver = here
        if id(schema) in self._routes:
            return  # an alias of YAML leads to the same part again
        self.parts.append(here)
        if not isinstance(schema, dict):
            return
        self._routes[id(schema)] = route
        if route and "$schema" in schema:
            raise SchemaProblem("'$schema' stands at the top alone", (*route, "$schema"))
        if "pattern" in schema:
            self._pattern(schema["pattern"], (*route, "pattern"))
        for text in schema.get("patternProperties", ()):
            self._pattern(text, (*route, "patternProperties", text))
        for step, part in inside(schema):
            resource = DRAFT202012.create_resource(part)
            self._walk(Part(part, route + step, resolver.in_subresource(resource)))

    def _pattern(self, text: str, route: Route) -> None:
        try:
            self._keywords.patterns[text] = compile_pattern(text)
        except NotAPattern as error:
            at = f"at character {error.offset + 1}"
            message = f"this is no regular expression: {error.message} ({at})"
            raise SchemaProblem(message, route) from None

    def _follow(self, part: Part, keyword: str) -> None:
        from referencing.exceptions import Unresolvable

        route, reference = (*part.route, keyword), part.schema[keyword]
        try:
            found = part.resolver.lookup(reference)
        except (Unresolvable, ValueError):  # also what is no address at all
            found = None
        if found is None or not isinstance(found.contents, dict | bool):
            message = f"the reference '{reference}' leads to nothing in the schema itself"
            raise SchemaProblem(message, route)
        if id(found.contents) not in self._routes:
            _check(found.contents, route)  # it stands where no schema is looked for
            self._walk(Part(found.contents, route, found.resolver))
        targets = self._keywords.targets.setdefault(id(part.schema), {})
        targets[keyword] = Target(found.contents, found.resolver)

    def _refuse_choices(self) -> None:
        """A dynamic reference must have one place to lead to: it is followed here, once for all."""
        schemas = [part for part in self.parts if isinstance(part.schema, dict)]
        anchors = Counter(part.schema.get("$dynamicAnchor") for part in schemas)
        for part in schemas:
            reference = part.schema.get("$dynamicRef", "")
            if reference and anchors[reference.rpartition("#")[2]] > 1:
                message = f"the reference '{reference}' leads to several places; write '$ref'"
                raise SchemaProblem(message, (*part.route, "$dynamicRef"))

    def _refuse_circles(self, part: Part, above: set[int], done: set[int]) -> None:
        this = id(part.schema)
        if this in above:
            raise SchemaProblem("it refers to itself without an end", part.route)
        if this in done or not isinstance(part.schema, dict):
            return
        above.add(this)
        for each in self.same(part):
            self._refuse_circles(each, above, done)
        above.remove(this)
        done.add(this)


def _without_dialect(contents: Any) -> Any:
    """The schema without its ``$schema``.

    A validator changes its class where a schema names a dialect, and ours is of no dialect's class.
    """
    if not isinstance(contents, dict):
        return contents
    if str(contents.get("$schema", DIALECT)).rstrip("#") != DIALECT:
        raise SchemaProblem(f"'$schema' is not {DIALECT}", ("$schema",))
    return {name: part for name, part in contents.items() if name != "$schema"}


def _check(contents: Any, route: Route) -> None:
    from jsonschema import Draft202012Validator, FormatChecker, SchemaError

    refuse_large(contents, route)
    try:
        # Without formats: they would compile patterns with ``re``.
        Draft202012Validator.check_schema(contents, format_checker=FormatChecker(()))
    except SchemaError as error:
        raise SchemaProblem(error.message, (*route, *error.absolute_path)) from None
