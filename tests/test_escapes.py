"""What a change may try so that its own check says nothing: none of it goes quiet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from okxlint.model import Severity
from tests.repositories import (
    MANIFEST,
    POLICY,
    Repository,
    git,
    new,
    places,
    plain_git,
    said,
    told,
)

Pair = tuple[str, str]
KEYS = "okx-keys.yaml"
HELD = "permissions: [read_only, trade]\n    ip"
RIGHTS = (HELD, HELD.replace("]", ", withdraw]"))
"""The change that all of this is to hide."""
WITHDRAWS = [
    "least-privilege:error withdraw",
    "no-withdraw:error withdraw",
    "permissions-unchanged:error read_only,trade -> read_only,trade,withdraw",
]


@pytest.fixture(name="repo")
def repo_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    plain_git(monkeypatch)
    return Repository(tmp_path / "repo", {KEYS: MANIFEST, "okxlint.yaml": POLICY})


def test_nothing_is_wrong_with_what_all_this_begins_from(repo: Repository) -> None:
    for ref in (None, "main"):
        report = repo.check(policy_ref=ref, fail_on=Severity.INFO)
        assert (report.exit, report.findings, report.unknown) == (0, (), ())
        assert report.keys == 2


def test_the_change_itself_is_found(repo: Repository) -> None:
    repo.change(KEYS, RIGHTS)
    for ref in (None, "main"):
        report = repo.check(policy_ref=ref)
        assert report.exit == 1
        assert set(WITHDRAWS) <= set(new(report))
        assert places(report, "permissions-unchanged") == ["okx-keys.yaml:15:37 withdraw"]


# -- in the manifest -------------------------------------------------------------------------------

CREATED = ("created: 2026-10-01", "created: 2026-11-20")
KEY_ID = ("key_id: 7a031a2b", "key_id: 0c55d1e0")
ADDRESS = ("    ip_allowlist: [203.0.113.2]\n", "")
WIDER = ("[203.0.113.2]", "[203.0.113.0/28]")
EGRESS = ("egress: [203.0.113.0/29]", "egress: [203.0.113.0/28]")
ACTIVE = "    status: active\n"
FIRST = "  - label: gridbot-2026q4\n    account: gridbot01\n"
ANCHOR = "x-a: &wide [read_only, trade, withdraw]\nkeys:\n"

EDITS: dict[str, tuple[list[Pair], str, str]] = {
    "rename a key": (
        [("label: gridbot-2026q4", "label: gridbot-2027")],
        "keys-kept:error gridbot-2026q4",
        "4:12 gridbot01",
    ),
    "change its account": (
        [(FIRST, FIRST.replace("gridbot01", "main"))],
        "keys-kept:error gridbot-2026q4",
        "4:12 gridbot01",
    ),
    "re-date it": (
        [CREATED],
        "created-unchanged:error 2026-10-01 -> 2026-11-20",
        "17:14 2026-11-20",
    ),
    "take its date away": (
        [("    created: 2026-10-01\n", "")],
        "created-unchanged:error 2026-10-01 -> missing",
        "12:12 gridbot-2026q4",
    ),
    "re-date it under another key_id": (
        [CREATED, KEY_ID],
        "keys-kept:error gridbot-2026q4",
        "22:13 0c55d1e0",
    ),
    "re-date it under a shorter key_id": (
        [CREATED, (KEY_ID[0], "key_id: 1a2b")],
        "created-unchanged:error 2026-10-01 -> 2026-11-20",
        "17:14 2026-11-20",
    ),
    "re-date it without its key_id": (
        [CREATED, ("    key_id: 7a031a2b\n", "")],
        "created-unchanged:error 2026-10-01 -> 2026-11-20",
        "17:14 2026-11-20",
    ),
    "move it to demo": (
        [("environment: live", "environment: demo")],
        "environment-unchanged:error live -> demo",
        "20:18 demo",
    ),
    "call it planned": (
        [("status: active", "status: planned")],
        "keys-kept:error gridbot-2026q4",
        "21:13 planned",
    ),
    "give it more rights": (
        [RIGHTS],
        WITHDRAWS[2],
        "15:37 withdraw",
    ),
    "give it more rights by an alias": (
        [("keys:\n", ANCHOR), (RIGHTS[0], "permissions: *wide\n    ip")],
        WITHDRAWS[2],
        "16:18 *wide",
    ),
    "give it more rights by a merge": (
        [
            ("keys:\n", "x-a: &wide {permissions: [read_only, trade, withdraw]}\nkeys:\n"),
            ("    permissions: [read_only, trade]\n    ip", "    <<: *wide\n    ip"),
        ],
        WITHDRAWS[2],
        "16:9 *wide",
    ),
    "drop all addresses": (
        [ADDRESS],
        "ips-not-widened:warning none",
        "12:12 gridbot-2026q4",
    ),
    "leave its list empty": (
        [("[203.0.113.2]", "[]")],
        "ips-not-widened:warning none",
        "16:5 ip_allowlist",
    ),
    "take a wider network": (
        [WIDER],
        "ips-not-widened:warning 203.0.113.0/28",
        "16:20 203.0.113.0/28",
    ),
    "widen egress, and bind to it in the same change": (
        [WIDER, EGRESS],
        "ips-not-widened:warning 203.0.113.0/28",
        "16:20 203.0.113.0/28",
    ),
    "widen egress": (
        [EGRESS],
        "needs-not-widened:warning 203.0.113.0/28",
        "10:14 203.0.113.0/28",
    ),
    "take egress away": (
        [("    egress: [203.0.113.0/29]\n", "")],
        "needs-not-widened:warning any egress",
        "6:11 grid-bot",
    ),
    "widen needs": (
        [("needs: [read_only, trade]", "needs: [read_only, trade, withdraw]")],
        "needs-not-widened:warning withdraw",
        "9:31 withdraw",
    ),
    "take needs away": (
        [("    needs: [read_only, trade]\n", "")],
        "needs-not-widened:warning any needs",
        "6:11 grid-bot",
    ),
    "name another app, that may connect from elsewhere": (
        [
            ("keys:\n", "  - {name: other, needs: [trade], egress: [0.0.0.0/0]}\nkeys:\n"),
            (
                f"app: grid-bot\n    {HELD}",
                f"app: other\n    {HELD}",
            ),
            ("[203.0.113.2]", "[198.51.100.7]"),
        ],
        "ips-not-widened:warning 198.51.100.7",
        "17:20 198.51.100.7",
    ),
    "hand it to a provider": (
        [(ACTIVE, f"{ACTIVE}    third_party: 3commas\n")],
        "ips-not-widened:warning none",
        "22:18 3commas",
    ),
    "hand it to a provider, without addresses": (
        [ADDRESS, (ACTIVE, f"{ACTIVE}    third_party: 3commas\n")],
        "ips-not-widened:warning none",
        "21:18 3commas",
    ),
    "break the key": (
        [(RIGHTS[0], "permissions: [read_only, trade, everything]\n    ip")],
        "manifest-schema:error invalid permissions",
        "",
    ),
    "add a second key of the name": (
        [("keys:\n", "keys:\n" + FIRST + "    permissions: [read_only]\n")],
        "unique-label:error gridbot-2026q4",
        "",
    ),
}


@pytest.mark.parametrize("policy_ref", [None, "main"])
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_the_manifest(repo: Repository, name: str, policy_ref: str | None) -> None:
    pairs, value, place = EDITS[name]
    repo.change(KEYS, *pairs)
    report = repo.check(policy_ref=policy_ref, new_only=True, fail_on=Severity.WARNING)
    assert report.exit == 1
    assert value in new(report)
    rule, _, severity = value.partition(" ")[0].partition(":")
    if place:
        assert places(report, rule) == [f"okx-keys.yaml:{place}"]
    if severity == "error":
        assert repo.check(policy_ref=policy_ref, new_only=True).exit == 1


def test_a_key_that_is_revoked_is_quiet_for_no_rule_can_tell(repo: Repository) -> None:
    """That is how a key goes. Whether it is gone on OKX, a comparison with OKX says."""
    repo.change(KEYS, ("status: active", "status: revoked"), RIGHTS)
    assert repo.check(policy_ref="main").findings == ()
    # What comes back is compared with what it was before.
    repo.change(KEYS, RIGHTS[::-1])
    git(repo.folder, "commit", "-qam", "revoked")
    repo.change(KEYS, ("status: revoked", "status: active"), RIGHTS)
    report = repo.check()
    assert set(WITHDRAWS) <= set(new(report))


def test_a_key_is_deleted(repo: Repository) -> None:
    text = (repo.folder / KEYS).read_text()
    start, end = text.index("  - label: gridbot-2026q4"), text.index("  - label: gridbot-demo")
    repo.write({KEYS: text[:start] + text[end:]})
    report = repo.check(policy_ref="main")
    assert report.exit == 1
    assert new(report) == ["keys-kept:error gridbot-2026q4"]
    assert places(report, "keys-kept") == ["okx-keys.yaml:4:12 gridbot01"]


def test_a_manifest_of_another_version_is_no_way_out(repo: Repository) -> None:
    repo.change(KEYS, ("version: 1\n", "version: 2\n"))
    report = repo.check(policy_ref="main", new_only=True)
    assert report.exit == 1
    assert new(report)[0] == "manifest-schema:error unknown version"
    assert "keys-kept:error gridbot-2026q4" in new(report)
    # Nor is one in which a second document says so.
    repo.write({KEYS: f"{MANIFEST}---\nversion: 2\nkeys: []\n"})
    assert new(repo.check()) == ["manifest-schema:error unknown version"]


@pytest.mark.parametrize(
    "broken",
    ["keys: [", "\tx: 1", "a: 1\na: 2", "x: *nothing", "%FOO", "\x00", "&a [*a]"],
)
def test_a_manifest_that_cannot_be_read_is_no_way_out(repo: Repository, broken: str) -> None:
    repo.write({KEYS: f"{broken}\n{MANIFEST}".replace("status: active", "status: planned")})
    report = repo.check(policy_ref="main", new_only=True)
    assert report.exit == 1
    assert any(each.startswith("yaml-syntax:error") for each in new(report))


# -- files -----------------------------------------------------------------------------------------

GONE = ["keys-kept:error gridbot-2026q4", "keys-kept:error gridbot-demo"]


def ignored(repo: Repository) -> None:
    repo.write({".gitignore": f"{KEYS}\n"})
    git(repo.folder, "rm", "-q", "--cached", KEYS)


def linked(repo: Repository) -> None:
    (repo.folder / KEYS).rename(repo.folder / "keys.txt")
    (repo.folder / KEYS).symlink_to("keys.txt")


def foldered(repo: Repository) -> None:
    (repo.folder / KEYS).unlink()
    (repo.folder / KEYS).mkdir()


def submodule(repo: Repository) -> None:
    (repo.folder / KEYS).unlink()
    (repo.folder / KEYS).mkdir()
    git(repo.folder, "rm", "-q", "--cached", KEYS)
    git(repo.folder, "update-index", "--add", "--cacheinfo", f"160000,{repo.sha},{KEYS}")


def unpatterned(repo: Repository) -> None:
    repo.write({"okxlint.yaml": f"{POLICY}manifests: [other.yaml]\n", "other.yaml": "version: 1\n"})


TAKEN: dict[str, Callable[[Repository], object]] = {
    "delete it": lambda repo: (repo.folder / KEYS).unlink(),
    "move it to where no pattern looks": lambda repo: (repo.folder / KEYS).rename(
        repo.folder / "keys.yaml"
    ),
    "have git ignore it": ignored,
    "put a link there": linked,
    "put a folder there": foldered,
    "put a submodule there": submodule,
    "empty it": lambda repo: (repo.folder / KEYS).write_text("# nothing\n"),
    "take it out of the policy's patterns": unpatterned,
}


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("name", TAKEN)
def test_a_manifest_is_taken_away(repo: Repository, name: str, committed: bool) -> None:
    TAKEN[name](repo)
    if committed:
        repo.commit("change") if name != "put a submodule there" else git(
            repo.folder, "commit", "-qm", "keys"
        )
    report = repo.check(base="main" if not committed else repo.sha)
    assert report.exit == 1
    assert [each for each in new(report) if "keys-kept" in each] == GONE
    ruled = repo.check(base=repo.sha, policy_ref=repo.sha)
    if name == "take it out of the policy's patterns":
        # The base's patterns are looked at, so that it is there.
        assert ruled.keys == 2
        assert [each for each in new(ruled) if "keys-kept" in each] == []
        assert {each.split()[0] for each in new(ruled)} == {"policy-not-weakened:warning"}
    else:
        assert ruled.exit == 1
        assert [each for each in new(ruled) if "keys-kept" in each] == GONE


def test_git_does_not_ignore_what_it_tracks(repo: Repository) -> None:
    repo.write({".gitignore": "*.yaml\n"})
    repo.change(KEYS, RIGHTS)
    assert set(WITHDRAWS) <= set(new(repo.check(policy_ref="main")))


def test_files_are_renamed_and_split(repo: Repository) -> None:
    text = MANIFEST.replace(*RIGHTS)
    start = text.index("keys:\n")
    second = text.index("  - label: gridbot-demo")
    (repo.folder / KEYS).unlink()
    repo.write(
        {
            "okx-keys/accounts.yml": text[:start],
            "okx-keys/a/live.yaml": "version: 1\n" + text[start:second],
            "okx-keys/b/demo.yaml": "version: 1\nkeys:\n" + text[second:],
        }
    )
    report = repo.check(policy_ref="main", new_only=True)
    assert report.exit == 1
    assert set(WITHDRAWS) <= set(new(report))
    assert places(report, "permissions-unchanged") == ["okx-keys/a/live.yaml:6:37 withdraw"]
    assert "keys-kept" not in str(new(report))


# -- policy and waivers ----------------------------------------------------------------------------

LAX = "version: 1\nextends: []\n"
OFF = "rules: {no-withdraw: off, permissions-unchanged: off, least-privilege: off}\n"
ACCEPTED = "reason: r, approved_by: s@example.com, expires: 2026-12-31"
RULES = ["no-withdraw", "permissions-unchanged", "least-privilege"]


def own_waivers(repo: Repository) -> None:
    lines = "".join(f"      - {{rule: {rule}, {ACCEPTED}}}\n" for rule in RULES)
    repo.change(KEYS, (ACTIVE, f"{ACTIVE}    waivers:\n{lines}"))


def own_grants(repo: Repository) -> None:
    stands = "account: gridbot01, key: gridbot-2026q4"
    lines = "".join(f"    - {{{stands}, rule: {rule}, {ACCEPTED}}}\n" for rule in RULES)
    repo.write({"okxlint.yaml": f"{POLICY}waivers:\n  granted:\n{lines}"})


def linked_policy(repo: Repository) -> None:
    repo.write({"okxlint.yaml": None, "docs/lax.yaml": LAX + "manifests: [../okx-keys.yaml]\n"})
    (repo.folder / "okxlint.yaml").symlink_to("docs/lax.yaml")


WEAKENED: dict[str, tuple[Callable[[Repository], object], str]] = {
    "turn the rules off": (
        lambda repo: repo.write({"okxlint.yaml": POLICY + OFF}),
        "no-withdraw severity error -> off",
    ),
    "turn them off, and who tells of it": (
        lambda repo: repo.write(
            {"okxlint.yaml": f"{POLICY}{OFF[:-2]}, policy-not-weakened: off, keys-kept: off}}\n"}
        ),
        "policy-not-weakened severity warning -> off",
    ),
    "turn them off for this key": (
        lambda repo: repo.write(
            {"okxlint.yaml": f"{POLICY}overrides:\n  - match: {{key: gridbot*}}\n    {OFF}"}
        ),
        "no-withdraw severity error -> off for key gridbot*",
    ),
    "extend nothing": (
        lambda repo: repo.write({"okxlint.yaml": LAX}),
        "no-withdraw severity error -> off",
    ),
    "make the policy a link": (linked_policy, "no-withdraw severity error -> off"),
    "grant itself waivers": (
        own_grants,
        "waivers.granted no-withdraw for gridbot01/gridbot-2026q4 until 2026-12-31",
    ),
}


@pytest.mark.parametrize("name", WEAKENED)
def test_the_policy_is_weakened(repo: Repository, name: str) -> None:
    weaken, value = WEAKENED[name]
    repo.change(KEYS, RIGHTS)
    weaken(repo)
    # By its own policy a change may pass, but not unseen.
    report = repo.check(new_only=True, fail_on=Severity.WARNING)
    assert report.exit == 1
    assert f"policy-not-weakened:warning {value}" in new(report)
    # By the base's it does not.
    ruled = repo.check(policy_ref="main", new_only=True)
    assert ruled.exit == 1
    assert set(WITHDRAWS) <= set(new(ruled))
    assert f"policy-not-weakened:warning {value}" in new(ruled)
    assert (ruled.policy_source, ruled.policy_ref) == ("okxlint.yaml", repo.sha)


def test_a_policy_that_is_stricter_than_recommended_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    strict = "version: 1\nextends: strict\n"
    repo = Repository(tmp_path / "repo", {KEYS: MANIFEST, "okxlint.yaml": strict})
    repo.write({"okxlint.yaml": None})
    report = repo.check(fail_on=Severity.WARNING)
    # The rule is an error in strict, and stays one: what it looks for is that it is gone.
    assert "policy-not-weakened:error max-age max_days 60 -> 90" in new(report)
    assert places(report, "policy-not-weakened")[0] == "okxlint.yaml:1:1"
    ruled = repo.check(policy_ref="main")
    assert ruled.exit == 1
    assert ruled.policy_source == "okxlint.yaml"


def test_a_policy_nearer_to_the_working_directory(repo: Repository) -> None:
    repo.change(KEYS, RIGHTS)
    repo.write({"desk/okxlint.yaml": f"{LAX}manifests: [../okx-keys.yaml]\n"})
    report = repo.check(cwd="desk", fail_on=Severity.WARNING)
    assert report.exit == 1
    assert "policy-not-weakened:warning no-withdraw severity error -> off" in new(report)
    assert report.policy_source == "desk/okxlint.yaml"
    ruled = repo.check(cwd="desk", policy_ref="main")
    assert ruled.policy_source == "okxlint.yaml"
    assert set(WITHDRAWS) <= set(new(ruled))


def test_where_there_was_no_policy_the_changes_own_does_not_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_git(monkeypatch)
    repo = Repository(tmp_path / "repo", {KEYS: MANIFEST})
    repo.change(KEYS, RIGHTS)
    repo.write({"okxlint.yaml": f"{LAX}manifests: [other.yaml]\n"})
    report = repo.check(policy_ref="main")
    assert (report.policy_source, report.policy_ref) == ("recommended", repo.sha)
    assert told(report) == ["no-policy accepted"]
    assert (
        report.unknown[0].message
        == f"there is no policy at {repo.sha[:12]}: the pack recommended rules"
    )
    assert set(WITHDRAWS) <= set(new(report))


def test_a_waiver_for_itself(repo: Repository) -> None:
    repo.change(KEYS, RIGHTS)
    own_waivers(repo)
    ruled = repo.check(policy_ref="main", new_only=True)
    assert ruled.exit == 1
    assert set(WITHDRAWS) <= set(new(ruled))
    assert [each.rule for each in ruled.pending or ()] == RULES
    assert ruled.waived == ()


def test_a_waiver_on_the_record_of_a_revoked_key_is_none_for_its_successor(
    repo: Repository,
) -> None:
    """Two changes, the first of which looks harmless."""
    record = (
        "  - label: payout\n    account: main\n    permissions: [withdraw]\n    status: revoked\n"
    )
    waiver = f"    waivers: [{{rule: no-withdraw, {ACCEPTED}}}]\n"
    repo.write({KEYS: MANIFEST + record + waiver})
    assert said(repo.check(policy_ref="main").findings) == []
    sha = repo.commit()
    repo.write({KEYS: MANIFEST + record.replace("revoked", "active") + waiver})
    report = repo.check(base=sha, policy_ref=sha)
    assert "no-withdraw:error withdraw" in new(report)
    assert [each.rule for each in report.pending or ()] == ["no-withdraw"]


def test_a_waiver_in_a_file_that_was_no_manifest_approves_nothing(repo: Repository) -> None:
    """Two changes, the first of which looks harmless."""
    waiver = f"    waivers: [{{rule: no-withdraw, {ACCEPTED}}}]\n"
    text = MANIFEST.replace(*RIGHTS).replace(ACTIVE, ACTIVE + waiver)
    repo.write({"docs/example.yaml": text})
    sha = repo.commit()
    repo.write({"okxlint.yaml": f"{POLICY}manifests: [docs/example.yaml]\n", KEYS: None})
    report = repo.check(base=sha, policy_ref=sha)
    assert "no-withdraw:error withdraw" in new(report)
    assert [each.rule for each in report.pending or ()] == ["no-withdraw"]


def test_a_policy_that_became_a_link_is_compared_all_the_same(repo: Repository) -> None:
    """Two changes, the first of which looks harmless."""
    repo.write(
        {"okxlint.yaml": None, "policies/okx.yaml": POLICY + "manifests: [../okx-keys.yaml]\n"}
    )
    (repo.folder / "okxlint.yaml").symlink_to("policies/okx.yaml")
    repo.write({"policies/okx.yaml": POLICY})
    assert repo.check(policy_ref="main").exit == 0
    sha = repo.commit()
    repo.change(KEYS, RIGHTS)
    repo.write({"policies/okx.yaml": POLICY + OFF})
    report = repo.check(base=sha, fail_on=Severity.WARNING)
    assert told(report) == []
    assert "policy-not-weakened:warning no-withdraw severity error -> off" in new(report)
    assert set(WITHDRAWS) <= set(new(repo.check(base=sha, policy_ref=sha)))


# -- PATHs -----------------------------------------------------------------------------------------


def test_a_path_does_not_hide_what_is_lost_or_loosened(repo: Repository) -> None:
    start = MANIFEST.index("keys:\n")
    repo.write({KEYS: MANIFEST[:start], "okx-keys/live.yaml": "version: 1\n" + MANIFEST[start:]})
    sha = repo.commit()
    repo.change("okx-keys/live.yaml", ("label: gridbot-2026q4", "label: gridbot-2027"))
    repo.write({"okxlint.yaml": POLICY + OFF})
    report = repo.check("okx-keys/live.yaml", base=sha)
    assert "keys-kept:error gridbot-2026q4" in new(report)
    assert places(report, "keys-kept") == ["okx-keys.yaml:4:12 gridbot01"]
    assert "policy-not-weakened:warning no-withdraw severity error -> off" in new(report)
    # It is no matter of a file in which it never was.
    other = repo.check("okx-keys.yaml", base=sha, select=frozenset({"keys-kept"}))
    assert new(other) == ["keys-kept:error gridbot-2026q4"]


@pytest.mark.parametrize("policy_ref", [None, "main"])
def test_a_folder_that_is_searched_is_searched_at_the_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy_ref: str | None
) -> None:
    plain_git(monkeypatch)
    files = {"keys/a.yaml": MANIFEST, "keys/values.yaml": "replicas: 3\n", "x/b.yaml": MANIFEST}
    repo = Repository(tmp_path / "repo", files)
    repo.change("keys/a.yaml", RIGHTS)
    (repo.folder / "keys/a.yaml").rename(repo.folder / "keys/b.yaml")
    report = repo.check("keys", policy_ref=policy_ref)
    assert set(WITHDRAWS) <= set(new(report))
    (repo.folder / "keys/b.yaml").unlink()
    repo.write({"keys/c.yaml": "version: 1\nkeys: []\n"})
    report = repo.check("keys", policy_ref=policy_ref)
    assert new(report) == GONE
    # A policy that names another file in it does not end the search of the base.
    repo.write({"okxlint.yaml": "version: 1\nmanifests: [keys/c.yaml]\n"})
    report = repo.check("keys", policy_ref=policy_ref)
    assert [each for each in new(report) if "keys-kept" in each] == GONE
    # Of what is outside no commit tells.
    (tmp_path / "far").mkdir()
    (tmp_path / "far/keys.yaml").write_text(MANIFEST)
    report = repo.check("keys", str(tmp_path / "far"), policy_ref=policy_ref)
    assert report.exit != 2


# -- noise -----------------------------------------------------------------------------------------


def test_a_finding_is_not_lost_among_25_000(repo: Repository) -> None:
    repo.change(KEYS, RIGHTS)
    listed = "".join(f"      - 10.{n >> 8}.{n & 255}.0/24\n" for n in range(12_500))
    noise = "  - label: noise\n    account: main\n    permissions: [trade]\n    ip_allowlist:\n"
    repo.write({KEYS: (repo.folder / KEYS).read_text() + noise + listed})
    select = frozenset({*RULES, "ip-narrow", "ip-public"})
    report = repo.check(policy_ref="main", new_only=True, select=select)
    assert report.exit == 1
    assert len(report.findings) >= 25_000
    assert set(WITHDRAWS) <= set(new(report))
