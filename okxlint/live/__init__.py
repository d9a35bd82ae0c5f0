"""OKX itself, read with a credential that can do nothing else. Nothing here can write to OKX."""
