"""The secrets of the files that a report may quote, and what masks them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from okxlint.documents.reader import Parsed, read
from okxlint.model import Excerpt
from okxlint.secrets.excerpt import excerpt
from okxlint.secrets.hidden import hidden
from okxlint.secrets.leaks import find_leaks
from okxlint.secrets.redact import Redactor
from okxlint.secrets.secret_text import Leak, telling_names, text_value


class Masking:
    """What is found in files before anything of them is told."""

    def __init__(self, files: Sequence[Parsed], others: Sequence[Parsed] = ()) -> None:
        """``others`` are not quoted line by line, but a message may tell of them (a base's)."""
        self.files: dict[str, Parsed] = {}
        """By path; of two versions the first, which is the one that is judged."""
        for file in files:
            self.files.setdefault(file.source.path, file)
        self.leaks = {path: find_leaks(file) for path, file in self.files.items()}
        """By path, sorted and apart from one another."""
        found = [(file, self.leaks[path]) for path, file in self.files.items()]
        found += [(file, find_leaks(file)) for file in others]
        self.redactor = Redactor(
            form for file, leaks in found for leak in leaks for form in _forms(file, leak)
        )

    @cached_property
    def _hidden(self) -> dict[str, tuple[Leak, ...]]:
        """By path; found once, whatever the number of reports that are made of a case."""
        return {path: hidden(file) for path, file in self.files.items()}

    def excerpts(self) -> dict[str, Excerpt]:
        """By path: what writers see of each file."""
        return {
            path: excerpt(file.source, self._hidden[path], self.redactor)
            for path, file in self.files.items()
        }


def _forms(file: Parsed, leak: Leak) -> Iterator[str]:
    """A secret in each form in which a message could repeat it."""
    text = file.source.text[leak.start : leak.end]
    unescaped = [text.replace("''", "'")]
    if "\\" in text:
        quoted = read("", f'"{text}"'.encode())
        unescaped += [str(document.value) for document in quoted.documents]
    for form in dict.fromkeys((text, *unescaped)):
        for line in (" ".join(form.split()), *form.split("\n")):
            # Three characters tell nothing, and to mask them everywhere would spoil each message.
            if len(line.strip()) > 3:
                yield line.strip()


def clean_alone(text: str) -> str:
    """A text of which no file is known, safe to print: masked by its own telling names as well."""
    leaks = (leak for name in telling_names(text) for leak in text_value(text, name))
    return Redactor(text[leak.start : leak.end] for leak in leaks).clean(text)
