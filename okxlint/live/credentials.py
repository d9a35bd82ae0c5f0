"""The credential that reads OKX: from the environment, and from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from okxlint.errors import OkxlintError
from okxlint.lazy import Pattern

NAMES = ("OKX_API_KEY", "OKX_SECRET_KEY", "OKX_PASSPHRASE")
_HINT = "Set {names}; an argument or a file in the tree would leak. See docs/reconcile.md."
_SHORTEST = 6
"""Characters of a value that is looked for; a shorter one would be found in anything."""
_NAME = (
    r"(?:\w+[-_])*(?:api[-_]?(?:key|secret|pass\w*|token)|secret(?:[-_]?key)?|pass(?:phrase|word|wd)?"
    r"|key|token)"
)
# As an option, or as an assignment that a shell would have taken before the command.
_OPTION = Pattern(rf"--?{_NAME}(?:[=:].*)?|{_NAME}[=:].*", re.DOTALL)
_SECRET = Pattern(
    r"[0-9A-F]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
)


@dataclass(frozen=True)
class Credential:
    """An API key of OKX. Its ``repr`` shows nothing of it."""

    key: str
    """A UUID: which key it is."""
    secret: str
    passphrase: str

    def __repr__(self) -> str:
        return "Credential(…)"

    @property
    def key_id(self) -> str | None:
        """The last eight digits of the key, as manifests write them."""
        digits = self.key.replace("-", "")[-8:].lower()
        is_hex = len(digits) == 8 and not set(digits) - set("0123456789abcdef")
        return digits if is_hex else None


def variables(prefix: str) -> tuple[str, str, str]:
    """The names of the variables that hold key, secret and passphrase."""
    key, secret, passphrase = (f"{prefix}{name}" for name in NAMES)
    return key, secret, passphrase


def read_credential(environment: Mapping[str, str], prefix: str = "") -> Credential:
    """The credential in an environment. Raises ``OkxlintError`` that names variables, no value."""
    names = variables(prefix)
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise OkxlintError(
            f"no credential for OKX: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'}"
            " not set",
            _HINT.format(names=", ".join(names)),
        )
    for name in names:
        problem = _problem(environment[name])
        if problem:
            raise OkxlintError(f"{name} {problem}", "Set it anew, exactly as OKX showed it.")
    return Credential(*(environment[name] for name in names))


def _problem(value: str) -> str | None:
    """Why no header can carry a value; OKX itself would only say that it is wrong."""
    if value != value.strip():
        return "begins or ends with a blank or a line break"
    if not value.isascii() or not value.isprintable():
        return "holds a character that no credential of OKX has"
    return None


def refuse_in_arguments(arguments: Iterable[str], environment: Mapping[str, str]) -> None:
    """Raise ``OkxlintError`` for a command line that holds a credential, without repeating it.

    Arguments are seen by every process of a machine, and stay in a shell's history.
    """
    values = [value for name, value in environment.items() if name.endswith(NAMES) and value]
    for number, argument in enumerate(arguments, 1):
        held = any(value in argument for value in values if len(value) >= _SHORTEST)
        named = _OPTION.fullmatch(argument.lower())
        if held or named or _SECRET.fullmatch(argument.rpartition("=")[2]):
            raise OkxlintError(
                f"argument {number} looks like a credential: a command line is no place for one",
                f"Set {', '.join(NAMES)} instead. If it was a real one, every process of this "
                "machine could read it: delete the key on OKX and create a new one.",
            )
