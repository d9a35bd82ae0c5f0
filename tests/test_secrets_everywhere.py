"""Secrets planted in every place, every command in every format: no six characters come out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asking import okxlint
from tests.exchange import Books, Exchange, Key
from tests.repositories import git, plain_git
from tests.sample_snapshot import account, key, master, snapshot

PIECE = 6
SECRET = "F3A9C1D7E5B20F4A8C6E1B3D5F7A9C0E"  # noqa: S105 - of nobody
PHRASE = "Tr0ub4dor&Zebra!"
KEY_ID = "7c9e6679-f425-4ade-b44b-e07fc1f90ae7"
OWN = "9f3b61d4-58c2-4e07-8a9d-61d0b7e25c38"
PEM = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
OWN_SECRET = "0A1B9C8D7E6F50413223140506978899"  # noqa: S105 - of nobody
OWN_PHRASE = "qZ7!vK2#mW9x"
TOLD = (KEY_ID[-8:], OWN[-8:])
"""The last eight digits of a key id may be told."""

MANIFEST = f"""\
# passphrase: {PHRASE} and {SECRET}
version: 1
accounts:
  - name: main
    type: master
    waivers: [{{rule: nothing, reason: {SECRET}, approved_by: {KEY_ID}}}]
apps:
  - {{name: app {SECRET}, owner: "{KEY_ID}", purpose: 'token={PHRASE}', needs: [trade, withdraw]}}
keys:
  - label: bot {SECRET}
    account: main
    app: app {SECRET}
    permissions: [read, trade, withdraw, "{SECRET}"]
    ip_allowlist: [{SECRET}]
  - label: gridbot-2026q4
    account: gridbot01
    permissions: [read_only, trade, withdraw]
    created: 2026-09-01
    expires: 2026-12-01
    key_id: {KEY_ID}
    secret_ref: {PHRASE}
    owner: {KEY_ID.replace("-", "")}
    metadata: {{passphrase: {PHRASE}, note: "{SECRET} {KEY_ID}", apiSecret: {PHRASE}x}}
    waivers:
      - rule: max-age
        reason: "passphrase: {PHRASE}"
        approved_by: {SECRET}
        expires: 2026-10-01
    unknown-{SECRET}: {KEY_ID}
  - label: "{KEY_ID}"
    account: "{SECRET}"
    permissions: [trade]
    purpose: |
      -----BEGIN PRIVATE KEY-----
      {PEM}
      -----END PRIVATE KEY-----
"""
POLICY = f"""\
version: 1
manifests: [okx-keys.yaml]
waivers:
  granted:
    - {{account: "{SECRET}", key: "{KEY_ID}", rule: max-age, reason: "{SECRET}", approved_by: a}}
custom:
  - id: acme-owner
    for: key
    assert: {{properties: {{owner: {{const: "{SECRET}"}}}}}}
    message: "no {SECRET} and no {KEY_ID}"
    help: "token: {PHRASE}"
"""
SNAPSHOT = snapshot(
    master(key("auditor", permissions=["read_only"])),
    account(
        "gridbot01",
        key("gridbot-2026q4", permissions=["read_only", SECRET], ips=[SECRET]),
        key("stranger"),
    ),
    account("sub02", listing="failed", reason=f"passphrase: {PHRASE} {SECRET} {KEY_ID}"),
)
NEWER = SNAPSHOT.replace("203.0.113.7", "203.0.113.8").replace("stranger", "visitor")
FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")
DAY = ("--as-of", "2026-11-26")
TABLES = ("text", "json", "markdown")
COMMANDS = [
    *[("check", *DAY, "-f", name, "--show-waived", "--statistics") for name in FORMATS],
    *[("check", *DAY, "-f", name, "--live", "main.json", "--horizon", "90") for name in FORMATS],
    *[("check", *DAY, "-f", name, "--base", "HEAD", "--policy-ref", "HEAD") for name in FORMATS],
    *[
        ("upcoming", *DAY, "--days", "40", "-f", name)
        for name in ("text", "json", "markdown", "ics")
    ],
    *[
        ("register", *DAY, "--live", "main.json", "-f", name)
        for name in ("markdown", "csv", "json", "html")
    ],
    *[
        ("snapshot-diff", "main.json", "new.json", "-f", name)
        for name in ("text", "json", "markdown")
    ],
    ("check", *DAY, "--diff", "--color", "always"),
    ("check", *DAY, "--select", SECRET),
    ("check", SECRET),
    ("check", "--policy", SECRET),
    ("check", "--live", f"{SECRET}.json"),
    ("check", "-o", f"{SECRET}=a"),
    ("policy", "show"),
    ("policy", "show", "-f", "json"),
    ("policy", "show", "--key", f"main/bot {SECRET}"),
    ("rules", "--format", "json"),
    ("explain", "acme-owner"),
    ("explain", SECRET),
    ("test", "okx-keys.yaml"),
    ("import", "main.json", "-o", "drafts"),
    ("baseline", "--until", "2026-12-31", "--reason", "as it was", "-o", "baseline.yaml"),
]


def planted() -> list[str]:
    return [SECRET, PHRASE, KEY_ID, KEY_ID.replace("-", ""), KEY_ID.upper(), PEM]


def pieces(text: str, secrets: list[str]) -> Iterator[str]:
    """What of a secret stands in a text."""
    for told in TOLD:
        text = text.replace(told, "").replace(told.upper(), "")
    for secret in secrets:
        for start in range(len(secret) - PIECE + 1):
            piece = secret[start : start + PIECE]
            if piece in text and "-" not in piece[:2]:
                yield piece


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plain_git(monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main")
    files = {"okx-keys.yaml": MANIFEST, "okxlint.yaml": POLICY, "main.json": SNAPSHOT}
    for name, text in {**files, "new.json": NEWER}.items():
        (tmp_path / name).write_text(text)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def written(desk: Path) -> str:
    """All that a command has left behind, besides what was there."""
    known = {"okx-keys.yaml", "okxlint.yaml", "main.json", "new.json"}
    return "".join(
        path.read_text("utf-8")
        for path in sorted(desk.rglob("*"))
        if path.is_file() and ".git" not in path.parts and path.name not in known
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_piece_of_a_secret_comes_out(command: tuple[str, ...], desk: Path) -> None:
    done = okxlint(*command, cwd=desk)
    asked = {secret for secret in planted() if any(secret in word for word in command)}
    told = done.stdout + done.stderr + written(desk)
    assert "Traceback" not in told
    # What was typed is no secret of a file: to repeat it tells nobody anything.
    secrets = [secret for secret in planted() if secret not in asked]
    assert list(pieces(told, secrets)) == []


LIVE = [
    ("snapshot", "--account", "main", "-o", "live.json"),
    ("snapshot", "--account", "main"),
    ("reconcile", "--account", "main", "--keep", "live.json", *DAY),
    ("doctor",),
    ("doctor", "--account", "main", "-f", "json"),
]


@pytest.mark.parametrize("wrong", ["", "OKX_PASSPHRASE", "OKX_SECRET_KEY", "OKX_API_KEY"])
@pytest.mark.parametrize("command", LIVE, ids=" ".join)
def test_no_piece_of_a_credential_comes_out(
    command: tuple[str, ...], wrong: str, desk: Path
) -> None:
    books = Books(secret=OWN_SECRET, passphrase=OWN_PHRASE)
    books.own = Key(f"auditor {OWN} {OWN_SECRET}", api_key=OWN, extra={"note": OWN_PHRASE})
    extra = {"secretKey": SECRET, "note": f"{OWN_SECRET} {OWN}"}
    books.add("gridbot01", Key(f"bot {OWN_PHRASE}", api_key=KEY_ID, extra=extra))
    variables = books.environment
    if wrong:
        variables[wrong] = variables[wrong][::-1]
    with Exchange(books) as exchange:
        done = okxlint(*command, "--base-url", exchange.url, cwd=desk, environment=variables)
    told = done.stdout + done.stderr + written(desk)
    assert "Traceback" not in told
    assert done.returncode in ((0, 1, 3) if not wrong else (1, 2))
    secrets = [SECRET, KEY_ID, OWN, OWN.replace("-", ""), OWN_SECRET]
    if command[0] == "doctor":
        secrets.append(OWN_PHRASE)
    assert list(pieces(told, [*secrets, *(value for value in variables.values() if wrong)])) == []
    kept = desk / "live.json"
    if kept.exists():
        assert json.loads(kept.read_text())["version"] == 1
        assert os.stat(kept).st_mode & 0o777 == 0o600
