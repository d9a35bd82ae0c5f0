"""Makes inventories of any size, always the same for the same size.

``python benchmarks/inventory.py 10000 > okx-keys.yaml``

Every app has a demo key and a live one. About one key in fifty has something wrong with it, so
that rules and reports have work to do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

KEYS_AN_ACCOUNT = 40


def inventory(count: int) -> str:
    """A manifest with so many keys (an even number), for 2026-11-22."""
    return "".join(_lines(count))


def _lines(count: int) -> Iterator[str]:
    yield "version: 1\naccounts:\n  - {name: main, type: master}\n"
    for number in range(-(-count // KEYS_AN_ACCOUNT)):
        yield f"  - {{name: sub{number:05d}, type: sub, parent: main}}\n"
    yield "apps:\n"
    for number in range(count // 2):
        yield (
            f"  - name: bot-{number:06d}\n"
            "    owner: quant-desk\n"
            "    purpose: Grid trading on BTC-USDT\n"
            "    needs: [read_only, trade]\n"
        )
    yield "keys:\n"
    for number in range(count):
        yield _key(number)


def _key(number: int) -> str:
    bot, live = divmod(number, 2)
    wrong = number % 50 == 7
    permissions = "[read_only, trade, withdraw]" if wrong else "[read_only, trade]"
    created = "2026-05-01" if wrong else f"2026-{9 + live:02d}-{1 + bot % 28:02d}"
    addresses = f"18.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    if number % 10 == 3:
        addresses += f", 2a05:d018::{number:x}"
    return (
        f"  - label: bot-{bot:06d}-{'2026q4' if live else 'demo'}\n"
        f"    account: sub{number // KEYS_AN_ACCOUNT:05d}\n"
        f"    app: bot-{bot:06d}\n"
        f"    environment: {'live' if live else 'demo'}\n"
        f"    permissions: {permissions}\n"
        f"    ip_allowlist: [{addresses}]\n"
        f"    created: {created}\n"
        f"    last_reviewed: 2026-11-01\n"
        f"    last_used: 2026-11-20\n"
        f"    key_id: {number * 2654435761 % 2**32:08x}\n"
        f"    secret_ref: vault://trading/okx/bot-{number:06d}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(inventory(int(sys.argv[1])))
