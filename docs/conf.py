"""The documentation as a site: ``make docs``.

Its pages are those of the repository, README and SECURITY among them: each has one home, and a
link leads to the same page on GitHub and on the site. What the sidebar shows is what docs/index.md
lists; a page that it leaves out, or a link that leads nowhere, fails the build.
"""

from __future__ import annotations

import re
from importlib.metadata import version as version_of

from sphinx.application import Sphinx

project = "okxlint"
version = release = version_of("okxlint")
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["docs/**.md", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
exclude_patterns = [".*", "dist", "site"]
myst_heading_anchors = 3
nitpicky = True
smartquotes = False
html_theme = "furo"
html_title = "okxlint"
html_copy_source = False
html_show_copyright = False


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _with_contents)


def _with_contents(_: Sphinx, page: str, source: list[str]) -> None:
    """Put into the sidebar what a page lists."""
    if page == root_doc:
        for title, links in re.findall(r"(?ms)^## (.*?)$(.*?)(?=^## |\Z)", source[0]):
            source[0] += _contents(re.findall(r"\]\((\S+?)\.md\)", links), f":caption: {title}\n")
        source[0] += _contents(["../README"])
    elif page == "docs/rules":
        source[0] += _contents(re.findall(r"\]\((rules/\S+?)\.md\)", source[0]))


def _contents(pages: list[str], caption: str = "") -> str:
    listed = "\n".join(dict.fromkeys(pages))
    return f"\n```{{toctree}}\n:hidden:\n{caption}\n{listed}\n```\n"
