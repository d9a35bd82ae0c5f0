"""The credential that reads OKX can do nothing else.

It runs in a job, next to logs and artifacts, and whoever gets it has what it can do. To read is all
that okxlint needs; a key that can trade can also make new keys for sub-accounts.

## Bad

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only", "trade"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []}
  ]
}
```

```yaml
version: 1
accounts:
  - {name: main, type: master}  # expect: auditor-privilege:error read_only,trade
```

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": []},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []}
  ]
}
```

```yaml
version: 1
accounts:
  - {name: main, type: master}  # expect: auditor-privilege:warning read_only
```

## Good

```json snapshot
{
  "version": 1, "taken_at": "2026-11-22T06:00:00Z", "site": "global", "environment": "live",
  "auditor": {"account": "main", "permissions": ["read_only"], "ips": ["203.0.113.*"]},
  "accounts": [
    {"name": "main", "type": "master", "listing": "self-only", "keys": []}
  ]
}
```

```yaml
version: 1
accounts:
  - {name: main, type: master}
```

## Notes

It runs only with a snapshot. A permission that okxlint does not know counts as one that writes. A
credential that only reads and is bound to no address is a warning. If the account is not declared,
the finding is at its first key, else at line 1 of the policy file, else at a path of its own.

## Sources

- What each permission allows: https://www.okx.com/docs-v5/en/#overview-api-key-permissions
"""

from collections.abc import Iterator

from okxlint.inventory import AnyAccount
from okxlint.model import Severity
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.transition import place_of_account


@rule(
    group="live",
    target="account",
    recommended="error",
    strict="error",
    security_severity="8.0",
    waivable=False,
    help=(
        "Create a key for okxlint with Read alone, bound to the address of the job that uses it, "
        "and delete this one."
    ),
)
def check(account: AnyAccount, run: Run[NoOptions]) -> Iterator[Hit]:
    for reading in run.live.of_account(account.name) if run.live else ():
        auditor = reading.snapshot.auditor
        rights = frozenset(auditor.permissions) | {"read_only"}
        writes = rights != {"read_only"}
        if not reading.is_auditors or (auditor.ips and not writes):
            continue
        told = ",".join(sorted(rights))
        what = f"holds {told}" if writes else "is bound to no address"
        yield Hit(
            at=place_of_account(account.name, auditor.label or "auditor", run),
            value=told,
            message=f"the credential that read OKX for account '{account.name}' {what}",
            at_most=Severity.ERROR if writes else Severity.WARNING,
        )
