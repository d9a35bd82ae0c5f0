"""A live key must say in which secret store its secret is.

A secret that is in no store is in a file, a chat or someone's head. Nobody then knows who can read
it, and it cannot be replaced in one place. `secret_ref` names the store and the entry in it; it is
a reference and never the secret itself.

The store is the text before the first `:`, if that begins with a letter and goes on with letters,
digits, `+` and `-`; case does not count. Without a `:` it is missing, and anything else is invalid.

## Bad

```yaml
version: 1
keys:
  - label: gridbot-2026q4  # expect: secret-store:warning missing
    account: gridbot01
    permissions: [read_only, trade]
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    secret_ref: env:OKX_ARB  # expect: secret-store:warning env
  - label: hedge-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    secret_ref: the desk's safe  # expect: secret-store:warning missing
  - label: report-2026q4
    account: gridbot01
    permissions: [read_only]
    secret_ref: /run/secrets:okx  # expect: secret-store:warning invalid
```

## Good

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    secret_ref: vault://trading/okx/gridbot
  - label: arb-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    secret_ref: arn:aws:secretsmanager:eu-west-1:123456789012:secret:okx/arb
  - label: copy-2026q4
    account: main
    permissions: [read_only, trade]
    third_party: 3commas
  - label: sandbox
    account: gridbot01
    permissions: [read_only, trade]
    environment: demo
```

## Good: a store of your own

```yaml
# rules: {secret-store: {stores: [vault, acme-safe]}}
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    secret_ref: acme-safe:okx/gridbot
```

## Notes

A planned key is asked too: where its secret will be is known before it is made. The secret of a key
with `third_party` is with the provider. The value is the store in lower case; what stands behind the
`:` is never shown.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from okxlint.inventory import Key
from okxlint.rule import Environments, Hit, RuleOptions, Run, option, rule
from okxlint.secrets.secret_text import STORES

_SCHEME = re.compile(r"[a-z][a-z0-9+-]*")
_PROBLEMS = {
    "missing": "does not say in which secret store its secret is",
    "invalid": "has a 'secret_ref' that names no secret store",
}


class Options(RuleOptions):
    stores: tuple[str, ...] = option(
        STORES, "The stores allowed, as the beginning of 'secret_ref'.", stricter="fewer"
    )
    environments: Environments = option(("live",), "The environments judged.", stricter="more")


@rule(
    group="secrets",
    target="key",
    recommended="warning",
    strict="error",
    security_severity="5.0",
    options=Options,
    help=(
        "Put the secret and the passphrase into a secret store, and write the reference as "
        "'secret_ref', for example vault://trading/okx/gridbot. Never the secret itself."
    ),
)
def check(key: Key, run: Run[Options]) -> Iterator[Hit]:
    store = store_of(key.secret_ref or "")
    if store in _lower(run.options.stores) or (key.third_party and key.third_party.strip()):
        return
    problem = _PROBLEMS.get(store, f"keeps its secret in '{store}', which is no store allowed")
    yield Hit(
        at=key.origin.at("secret_ref"),
        value=store,
        message=f"key '{key.label}' of account '{key.account}' {problem}",
    )


@lru_cache(maxsize=1)
def _lower(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str.lower, names))


def store_of(reference: str) -> str:
    """The store that a reference names, ``missing`` or ``invalid``."""
    scheme, colon, _ = reference.partition(":")
    if not colon:
        return "missing"
    return scheme.lower() if _SCHEME.fullmatch(scheme.lower()) else "invalid"
