"""okxlint checks declared OKX API keys against policy."""

__version__ = "0.1.0"
