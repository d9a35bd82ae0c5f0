"""A manifest must not hold a secret.

Manifests stand in git, where everybody who can read the repository reads them, and so does whoever
gets a copy of it. A secret that was there once is in its history for good, and no later commit
takes it back. A manifest needs none: it names the store of the secret in `secret_ref`.

The whole text is searched, comments and broken files included. These count as secrets:

- 32 upper-case hex digits that stand alone, which is the form of a secret key of OKX, unless the name
  of the field says that it is a digest or an id (md5, sha…, digest, checksum, hash, fingerprint, etag,
  id, uuid, kid, uid as a word of the name: `image_sha256`, `requestId`);
- a value of 6 characters or more under a name that is or ends in secret, secret key, API secret,
  passphrase, password, passwd, private key, token or OK-ACCESS-SIGN, however it is written
  (`OKX_SECRET_KEY`, `apiSecret`, `pass-phrase`), as a field, in each item of a field's list, and as
  `name=value` or `name: value` in comments and texts;
- a block with a private key.

A reference to a secret is none: `vault://…` and the other stores that `secret-store` knows by
default, `arn:…`, `env:NAME`, `${…}`, and a value of three or more `*` and nothing else.

## Bad

```yaml
version: 1
# OKX_PASSPHRASE=Sample-Phrase-1  # expect: no-secrets:error credential/1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    secret_ref: 00112233445566778899AABBCCDDEEFF  # expect: no-secrets:error okx-secret-key/2
    metadata:
      api-secret: Sample-Secret-1  # expect: no-secrets:error credential/3
      note: "log in with password=Sample-Word-1"  # expect: no-secrets:error credential/4
```

## Bad: a private key

```yaml
version: 1
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    metadata:
      signer: |  # expect: no-secrets:error private-key/1
        -----BEGIN PRIVATE KEY-----
        AAAAAAAAAAAAAAAAAAAAAAAA
        -----END PRIVATE KEY-----
```

## Boundary

```yaml
version: 1
x-lengths:
  a: {passphrase: Abc-12}  # expect: no-secrets:error credential/1
  b: {passphrase: Abc-1}
  c: {salt: 00112233445566778899AABBCCDDEEFF}  # expect: no-secrets:error okx-secret-key/2
  d: {salt: 00112233445566778899AABBCCDDEEF}
  e: {salt: 00112233445566778899AABBCCDDEEFF0}
```

## Good

```yaml
version: 1
# The passphrase stands in the vault beside the secret.
keys:
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade]
    secret_ref: vault://trading/okx/gridbot
    metadata:
      passphrase: ${OKX_PASSPHRASE}
      secret_key: arn:aws:secretsmanager:eu-west-1:123456789012:secret:okx/gridbot
      token: "***"
      image_md5: 00112233445566778899AABBCCDDEEFF
```

## Notes

In a comment or a text the value is one word, or all that stands in quotes: a remark such as
`token: rotated in May` is found for its word `rotated`, and is best written without the colon. The
fields of a mapping under a telling name are judged by their own names. Where YAML cannot be read, a
value is the rest of its line and the lines indented further. A `${NAME:-default}` with a
default of 6 characters or more is no reference. Of an anchored value, the place of the anchor is
found. Two secrets that overlap are one finding. A file over the size limit is not searched.

The value is the kind and the number of the secret in its file. The finding cannot be waived, and
every output masks what was found.

## Sources

- Secret key and passphrase, and that OKX cannot recover a passphrase: https://www.okx.com/docs-v5/en/#overview-rest-authentication
"""

from collections.abc import Iterator

from okxlint.documents.reader import Parsed
from okxlint.origin import Place
from okxlint.rule import Hit, NoOptions, Run, rule
from okxlint.secrets.leaks import find_leaks
from okxlint.secrets.secret_text import CREDENTIAL, PRIVATE_KEY, SECRET_KEY

_WORDS = {
    CREDENTIAL: "a secret stands here in plain text, under a name that says so",
    SECRET_KEY: "what stands here has the form of an OKX secret key",
    PRIVATE_KEY: "a private key stands here",
}


@rule(
    group="secrets",
    target="file",
    recommended="error",
    strict="error",
    security_severity="9.8",
    waivable=False,
    help=(
        "Take the secret for burnt: delete the key on OKX now and make a new one, whose secret "
        "goes into a secret store. Removing it here is not enough, for it stays in the history "
        "of git."
    ),
)
def check(file: Parsed, run: Run[NoOptions]) -> Iterator[Hit]:
    for number, leak in enumerate(find_leaks(file), start=1):
        yield Hit(
            at=Place(file.source, leak.start, leak.end),
            value=f"{leak.kind}/{number}",
            message=_WORDS[leak.kind],
        )
