"""A look-alike of OKX for tests: a real HTTP server on loopback that is as strict as OKX is.

It follows OKX's documentation (https://www.okx.com/docs-v5/en/), and answers on demand in every way
in which a server can fail.
"""

from tests.exchange.books import Books, Key, Sub
from tests.exchange.server import Exchange

__all__ = ["Books", "Exchange", "Key", "Sub"]
