"""What a failed request is told as: nothing of a credential, and nobody's address."""

from __future__ import annotations

import re

from okxlint.live.answers import CODES, Meaning
from okxlint.live.credentials import Credential
from okxlint.secrets.redact import Redactor

_LONGEST = 200
_V4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
# More than addresses (a time of day, too): to mask too much harms nobody.
_ADDRESS = rf"(?:[0-9A-Fa-f]{{0,4}}:){{2,8}}(?:{_V4}|[0-9A-Fa-f]{{0,4}})|{_V4}"


class Words:
    """Tells of answers, for one credential."""

    def __init__(self, credential: Credential) -> None:
        self._redactor = Redactor([credential.key, credential.secret, credential.passphrase])

    def of_answer(self, code: str | None, status: int | None, meaning: Meaning, said: str) -> str:
        """An answer as a sentence. OKX's own words stand in it only if no others are known.

        They can hold the whole key and the caller's address (50110).
        """
        if status is None:
            return meaning.said
        number = code or (None if status == 200 else f"HTTP {status}")
        told = f"OKX says: {meaning.said}" + (f" ({self.clean(number)})" if number else "")
        own = self.clean(said) if said and code not in CODES else ""
        return f"{told}: {own}" if own else told

    def mask(self, text: str) -> str:
        """A text with secrets and whole key ids masked, otherwise as it is."""
        return self._redactor.mask(text)

    def clean(self, text: str) -> str:
        """A text of OKX, short, without secrets, key ids and addresses."""
        masked = self._redactor.clean(
            re.sub(_ADDRESS, "<address>", self._redactor.mask(text[:2000]))
        )
        return masked if len(masked) <= _LONGEST else masked[: _LONGEST - 1] + "…"
