"""A manifest must have the fields that okxlint knows, with values it can judge.

A field with a wrong name or value would otherwise be a field that nobody looks at, and a key would
pass for want of what was meant. So unknown fields, missing fields and values of the wrong form are
errors. The message names the nearest right field or value.

Each document is a mapping with `version: 1` and any of the lists `accounts`, `apps` and `keys`. An
account needs `name` and `type`, an app `name`, a key `label`, `account` and `permissions`, a waiver
`rule`. Everything else is optional here; other rules ask for what a team should fill in. A null, or
a field with nothing after it, is as if it were not there. So is an empty list, but for one: an app
with `needs: []` says that it needs nothing. `metadata`, and top-level names that begin with `x-`,
are free.

An object with such an error is left out of all other rules until it is mended, and so are its
waivers; its name still counts as declared. All other objects are judged. Of two accounts or two
apps of one name the first holds.

A name that stands twice in `app` or `needs` says nothing: it is told as info, and `--fix` removes it.

The finding points at the value. If a field is unknown, of a wrong type as a whole, or there but
empty though it is needed, it points at the field's name; if one is missing, at the object's `label`
or `name`, else at its first field. What an alias brings in is found at the `*alias`.

## Good: a small manifest

```yaml
version: 1
accounts:
  - name: main
    type: master
  - name: gridbot01
    type: sub
    parent: main
apps:
  - name: grid-bot
    owner: quant-desk
    purpose: Grid trading on BTC-USDT
    needs: [read_only, trade]
keys:
  - label: gridbot-2026q4
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    ip_allowlist: [203.0.113.7]
    created: 2026-10-01
    secret_ref: vault://trading/okx/gridbot
```

## Good: every field

```yaml
version: 1
x-office: &office [203.0.113.7, "2001:db8:1::/64"]
accounts:
  - {name: main, type: master, uid: "44705892343619584", site: global}
  - {name: gridbot01, type: sub, parent: main}
apps:
  - name: grid-bot
    owner: quant-desk
    purpose: Grid trading on BTC-USDT
    needs: [read_only, trade]       # read_only | trade | withdraw
    egress: *office                 # where it connects from: IPv4, IPv6 or CIDR
    status: active                  # active | retired
keys:
  - label: gridbot-2026q4           # the key's name on OKX, 1 to 50 characters
    account: gridbot01
    app: grid-bot                   # a name, or a list of names
    permissions: [read_only, trade]
    ip_allowlist: *office
    created: 2026-10-01             # dates are YYYY-MM-DD
    last_reviewed: 2026-11-01
    last_used: 2026-11-20
    expires: 2027-01-15
    environment: live               # live | demo
    status: active                  # planned | active | retired | compromised | revoked
    status_since: 2026-10-01
    key_id: 7a031a2b                # the last 4 to 12 hex digits, or the whole UUID
    third_party:
    replaces: gridbot-2026q3
    secret_ref: vault://trading/okx/gridbot
    owner: quant-desk
    purpose: Grid trading on BTC-USDT
    metadata: {ticket: SEC-123}
    waivers:
      - rule: max-age
        reason: The trading engine is replaced in January
        approved_by: security@example.com
        granted: 2026-10-01
        expires: 2027-01-31
        value: 2026-10-01
```

## Bad: unknown and missing fields

```yaml
version: 1
accounts:
  - name: main  # expect: manifest-schema:error missing type
keys:
  - label: gridbot-2026q4  # expect: manifest-schema:error missing account
    permission: [read_only]  # expect: manifest-schema:error unknown field
    permissions: [read_only]
```

## Bad: values of the wrong form

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions:
      - read  # expect: manifest-schema:error invalid permissions
    ip_allowlist:
      - 203.0.113.7/24  # expect: manifest-schema:error invalid ip_allowlist
      - 203.0.113.007   # expect: manifest-schema:error invalid ip_allowlist
    created: 1.10.2026  # expect: manifest-schema:error invalid created
  - label: hedge-2026q4
    account: hedge01
    permissions: read_only  # expect: manifest-schema:error invalid permissions
```

## Bad: two accounts of one name

```yaml
version: 1
accounts:
  - {name: main, type: master}
  - {name: main, type: sub}  # expect: manifest-schema:error second account
```

## Bad: no version

```yaml
keys:  # expect: manifest-schema:error missing version
  - {label: gridbot-2026q4, account: gridbot01, permissions: [read_only]}
```

## Notes

- A document of a `version` that is not known is not judged at all.
- An address is plain decimal IPv4, IPv6 without a zone, or CIDR without host bits. Netmasks and
  leading zeros are read differently by different programs, so they are refused.

## Sources

- The three permissions: https://www.okx.com/docs-v5/en/#overview-api-key-permissions
- At most 50 characters for the name of a key (`label` of the account configuration): https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration
"""

from okxlint.rule import hygiene

check = hygiene(
    __name__,
    severity="error",
    security_severity="5.0",
    help="Mend this field; 'okxlint explain manifest-schema' shows a manifest of the right form.",
)
