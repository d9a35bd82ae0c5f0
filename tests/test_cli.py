"""The command line as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from okxlint.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
DAY = ("--as-of", "2026-11-22")
GOOD = """version: 1
keys:
  - label: reports-2026q4
    account: main
    app: reports
    permissions: [read_only]
    ip_allowlist: [18.203.11.7]
    created: 2026-11-01
    owner: finance
    purpose: balances
    secret_ref: vault://okx/reports
apps:
  - {name: reports, needs: [read_only]}
"""
BAD = GOOD.replace("[read_only]\n    ip", "[read_only, withdraw]\n    ip")


def okxlint(
    *args: str, cwd: Path, stdin: str | bytes | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command; its environment has no colour settings but those given."""
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "okxlint", *args],
        cwd=cwd,
        input=b"" if data is None else data,
        env=clean | (env or {}),
        capture_output=True,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def report(*args: str, cwd: Path, code: int, **more: Any) -> dict[str, Any]:
    done = okxlint("check", "-f", "json", *DAY, *args, cwd=cwd, **more)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["summary"]["exit"] == code
    return found


def rules_of(found: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in found["findings"]}


def kinds_of(found: dict[str, Any]) -> list[str]:
    return [unknown["kind"] for unknown in found["unknown"]]


# -- exit status -----------------------------------------------------------------------------


def test_clean_is_0_and_says_what_was_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    done = okxlint("check", *DAY, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("no findings: 1 key, 0 accounts, 1 app in 1 file")
    assert done.stdout.endswith("Not looked at: OKX itself (no snapshot).\n")


def test_an_error_is_1_and_never_silences_only_that(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    assert okxlint("check", *DAY, cwd=tmp_path).returncode == 1
    assert okxlint("check", *DAY, "--fail-on", "never", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on_is_the_least_severity_that_fails(tmp_path: Path, level: str, code: int) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD.replace("    secret_ref: vault://okx/reports\n", "")})
    found = report("--fail-on", level, cwd=tmp_path, code=code)
    assert rules_of(found) == {"secret-store"}


def test_no_manifest_is_3(tmp_path: Path) -> None:
    assert kinds_of(report(cwd=tmp_path, code=3)) == ["no-manifest"]


@pytest.mark.parametrize("text", ["", "# comments alone\n", "---\n# none\n"])
def test_a_file_without_content_is_no_manifest(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"okx-keys.yaml": text})
    assert kinds_of(report(cwd=tmp_path, code=3)) == ["no-manifest"]


def test_a_manifest_without_keys_is_0(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": "version: 1\n"})
    assert report(cwd=tmp_path, code=0)["summary"]["files"] == 1


def test_a_finding_beats_what_was_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD, "empty/note.txt": ""})
    found = report("okx-keys.yaml", "empty", cwd=tmp_path, code=1)
    assert kinds_of(found) == ["no-manifest"]
    report("okx-keys.yaml", "empty", "--fail-on", "never", cwd=tmp_path, code=3)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["check", "nowhere.yaml"], "there is no file or folder 'nowhere.yaml'"),
        (["check", "--as-of", "22.11.2026"], "write YYYY-MM-DD"),
        (["check", "--as-of", "2026-02-30"], "write YYYY-MM-DD"),
        (["check", "--select", "no-witdraw"], "did you mean 'no-withdraw'?"),
        (["check", "--ignore", "yaml-syntax"], "always on"),
        (["check", "--policy", "strickt"], "did you mean 'strict'?"),
        (["check", "-o", "sarif"], "is not FORMAT=FILE"),
        (["check", "-o", "sariff=x"], "did you mean 'sarif'?"),
        (["check", "-o", "json=no/such/folder/x.json"], "cannot write"),
        (["check", "--stdin-filename", "a.yaml"], "goes with '-'"),
        (["check", "--horizon", "-1"], "not in the range"),
        (["chekc"], "did you mean 'check'?"),
        (["explain", "max-aeg"], "did you mean 'max-age'?"),
        (["check", "--nope"], "No such option"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(tmp_path: Path, args: list[str], said: str) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    done = okxlint(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_wrong_policy_is_2_with_its_place(tmp_path: Path) -> None:
    policy = "version: 1\nrules:\n  max-age: {max_dys: 3}\n"
    write(tmp_path, {"okx-keys.yaml": BAD, "okxlint.yaml": policy})
    done = okxlint("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "okxlint.yaml:3:13: 'max_dys' is no option of the rule 'max-age'" in done.stderr
    assert "did you mean 'max_days'?" in done.stderr


# -- bad input -------------------------------------------------------------------------------

BOMB = (
    "version: 1\nx-a: &a [" + "1, " * 999 + "1]\nx-b: &b [" + "*a, " * 999 + "*a]\nx-c: [*b, *b]\n"
)


@pytest.mark.parametrize(
    ("content", "rule", "line", "said"),
    [
        (b"version: 1\nkeys:\n  - label: \xff\n", "yaml-syntax", 3, "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "yaml-syntax", 1, "not UTF-8"),
        (b"version: 1\nkeys: [\0]\n", "yaml-syntax", 2, "control character U+0000"),
        (b"version: 1\nx-deep: " + b"[" * 64 + b"]" * 64, "yaml-syntax", 2, "more than 64 deep"),
        (BOMB.encode(), "yaml-syntax", 3, "1,000,000 nodes"),
        (b"version: 1\nkeys:\n  - [::1]\n", "yaml-syntax", 3, "needs quotes"),
        (b"version: 1\nkeys:\n\t- a\n", "yaml-syntax", 3, "cannot begin with this character"),
        (b"- a\n- b\n", "manifest-schema", 1, "this document is a list"),
        (b"version: 2\nkeys: []\n", "manifest-schema", 1, "not known to this okxlint"),
        (b"keys: []\n", "manifest-schema", 1, "'version' is missing"),
        (b"version: 1\nkey: []\n", "manifest-schema", 2, "did you mean 'keys'?"),
    ],
)
def test_bad_input_is_a_finding_with_its_place_and_hides_nothing(
    tmp_path: Path, content: bytes, rule: str, line: int, said: str
) -> None:
    write(tmp_path, {"okx-keys/bad.yaml": content, "okx-keys/other.yaml": BAD})
    found = report(cwd=tmp_path, code=1)
    (finding,) = [f for f in found["findings"] if f["path"] == "okx-keys/bad.yaml"]
    assert (finding["rule"], finding["line"], finding["severity"]) == (rule, line, "error")
    assert said in finding["message"]
    assert finding["help"]
    assert "no-withdraw" in rules_of(found)
    assert okxlint("check", *DAY, cwd=tmp_path).returncode == 1


def test_a_file_of_70_mib_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": b""})
    with (tmp_path / "okx-keys.yaml").open("r+b") as stream:
        stream.truncate(70 * 1024 * 1024)
    (finding,) = report(cwd=tmp_path, code=1)["findings"]
    assert finding["rule"] == "yaml-syntax"
    assert "64 MiB" in finding["message"]


def test_a_symbolic_link_is_not_followed_and_told(tmp_path: Path) -> None:
    write(tmp_path, {"secret.txt": BAD, "okx-keys/a.yaml": GOOD})
    (tmp_path / "okx-keys/b.yaml").symlink_to(tmp_path / "secret.txt")
    found = report(cwd=tmp_path, code=3)
    assert kinds_of(found) == ["unreadable"]
    assert "symbolic link" in found["unknown"][0]["message"]
    report("okx-keys/b.yaml", cwd=tmp_path, code=3)


def test_a_folder_named_like_a_manifest_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").mkdir()
    assert kinds_of(report(cwd=tmp_path, code=3)) == ["no-manifest"]


# -- paths -----------------------------------------------------------------------------------


def test_paths_choose_what_is_reported_and_the_whole_inventory_is_judged(tmp_path: Path) -> None:
    twin = "version: 1\nkeys:\n  - {label: a-1, account: main, permissions: [read_only]}\n"
    write(tmp_path, {"okx-keys/a.yaml": twin, "okx-keys/b.yaml": twin})
    both = report("--select", "unique-label", cwd=tmp_path, code=1)
    assert [f["path"] for f in both["findings"]] == ["okx-keys/b.yaml"]
    related = report("--select", "unique-label", "okx-keys/a.yaml", cwd=tmp_path, code=1)
    assert related["findings"] == both["findings"]
    write(tmp_path, {"okx-keys/c.yaml": GOOD})
    assert report("--select", "unique-label", "okx-keys/c.yaml", cwd=tmp_path, code=0)


def test_a_folder_without_inventory_is_searched(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "desk/team/keys.yml": BAD,
        "desk/compose.yaml": "services: {}\n",
        "desk/broken.yaml": "keys:\n  - a\n b\n",
        "desk/other.yaml": "a: [\n",
    }
    write(tmp_path, files)
    found = report("desk", cwd=tmp_path, code=1)
    assert {f["path"] for f in found["findings"]} == {"desk/team/keys.yml", "desk/broken.yaml"}


def test_git_decides_the_root_and_what_is_ignored(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(
        tmp_path,
        {
            ".gitignore": "ignored.yaml\n",
            "a/b/keys.yaml": BAD,
            "a/b/ignored.yaml": BAD,
            "a/x/y": "",
        },
    )
    found = report("../b", cwd=tmp_path / "a/x", code=1)
    assert {f["path"] for f in found["findings"]} == {"a/b/keys.yaml"}


def test_the_policy_is_found_upwards_and_its_patterns_are_relative_to_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    policy = "version: 1\nextends: []\nmanifests: ['keys/*.yaml']\nrules: {no-withdraw: warning}\n"
    write(tmp_path, {"desk/okxlint.yaml": policy, "desk/keys/a.yaml": BAD, "desk/sub/x": ""})
    found = report(cwd=tmp_path / "desk/sub", code=0)
    assert found["policy"] == {"source": "desk/okxlint.yaml", "ref": None}
    assert [(f["rule"], f["severity"]) for f in found["findings"]] == [("no-withdraw", "warning")]


# -- standard input --------------------------------------------------------------------------


def test_standard_input_is_the_whole_inventory(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    found = report("-", cwd=tmp_path, code=1, stdin=BAD)
    assert found["summary"]["files"] == 1
    assert {f["path"] for f in found["findings"]} == {"<stdin>"}


def test_standard_input_stands_in_for_a_manifest(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys/a.yaml": GOOD, "okx-keys/b.yaml": GOOD.replace("reports", "other")})
    found = report("-", "--stdin-filename", "okx-keys/a.yaml", cwd=tmp_path, code=1, stdin=BAD)
    assert found["summary"]["files"] == 2
    assert "no-withdraw" in rules_of(found)
    assert {f["path"] for f in found["findings"]} == {"okx-keys/a.yaml"}


# -- rules and days --------------------------------------------------------------------------


def test_select_and_ignore(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD.replace("    owner", "    nope: 1\n    owner")})
    hygiene = report("--select", "no-withdraw", cwd=tmp_path, code=1)
    assert rules_of(hygiene) == {"manifest-schema"}
    write(tmp_path, {"okx-keys.yaml": BAD})
    assert rules_of(report("--select", "no-withdraw", cwd=tmp_path, code=1)) == {"no-withdraw"}
    assert "no-withdraw" not in rules_of(report("--ignore", "no-withdraw", cwd=tmp_path, code=1))


def test_a_selected_rule_that_is_off_runs_with_its_packs_severity(tmp_path: Path) -> None:
    policy = "version: 1\nextends: strict\nrules: {documented: off}\n"
    write(
        tmp_path,
        {"okx-keys.yaml": GOOD.replace("    owner: finance\n", ""), "okxlint.yaml": policy},
    )
    (finding,) = report("--select", "documented", cwd=tmp_path, code=1)["findings"]
    assert finding["severity"] == "error"


def test_the_horizon_tells_what_will_start_to_fail(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    early = report("--select", "max-age", "--horizon", "55", cwd=tmp_path, code=0)
    assert early["findings"] == []
    found = report("--select", "max-age", "--horizon", "56", cwd=tmp_path, code=0)
    (finding,) = found["findings"]
    assert (finding["severity"], finding["fails_on"]) == ("info", "2027-01-31")
    assert "starts on 2027-01-17" in finding["message"]


def test_the_day_of_the_run_is_the_only_clock(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": GOOD})
    before = okxlint("check", "-f", "json", "--as-of", "2027-01-30", cwd=tmp_path)
    after = okxlint("check", "-f", "json", "--as-of", "2027-01-31", cwd=tmp_path)
    assert (before.returncode, after.returncode) == (0, 1)


# -- output ----------------------------------------------------------------------------------


def test_an_output_does_not_follow_a_link(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD, "precious.txt": "mine"})
    (tmp_path / "r.json").symlink_to("precious.txt")
    done = okxlint("check", *DAY, "-o", "json=r.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot write r.json: is a symbolic link" in done.stderr
    assert (tmp_path / "precious.txt").read_text() == "mine"
    done = okxlint("check", *DAY, "-f", "concise", "-o", "json=/dev/null", cwd=tmp_path)
    assert done.returncode == 1


def test_several_outputs_agree(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    done = okxlint(
        "check", *DAY, "-f", "concise", "-o", "json=r.json", "-o", "sarif=r.sarif",
        "-o", "text=r.txt", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    found = json.loads((tmp_path / "r.json").read_text())
    results = json.loads((tmp_path / "r.sarif").read_text())["runs"][0]["results"]
    lines = [line for line in done.stdout.splitlines() if line.startswith("okx-keys.yaml:")]
    assert len(found["findings"]) == len(lines) == len(results)
    assert f"{found['summary']['error']} error" in done.stdout
    assert f"{found['summary']['error']} error" in (tmp_path / "r.txt").read_text()


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys/a.yaml": BAD, "okx-keys/b.yaml": BAD.replace("main", "second")})
    for name in ("text", "concise", "json", "sarif"):
        runs = {
            okxlint(
                "check", "-f", name, *DAY, cwd=tmp_path, env={"PYTHONHASHSEED": str(seed)}
            ).stdout
            for seed in range(3)
        }
        assert len(runs) == 1


@pytest.mark.parametrize(
    ("args", "env", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color(tmp_path: Path, args: list[str], env: dict[str, str], colored: bool) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    done = okxlint("check", *DAY, *args, cwd=tmp_path, env=env)
    assert ("\x1b[" in done.stdout) is colored


def test_quiet_statistics_and_waived(tmp_path: Path) -> None:
    waiver = (
        "    waivers:\n      - {rule: no-withdraw, reason: payout, approved_by: a@example.com,"
        " expires: 2026-12-31}\n"
    )
    write(tmp_path, {"okx-keys.yaml": BAD.replace("apps:", waiver + "apps:")})
    quiet = okxlint("check", *DAY, "-q", cwd=tmp_path).stdout
    assert "Not looked at" not in quiet
    assert "payout" not in quiet
    counted = okxlint("check", *DAY, "--statistics", cwd=tmp_path).stdout
    assert "     1  error    least-privilege" in counted
    shown = okxlint("check", *DAY, "--show-waived", cwd=tmp_path).stdout
    assert "waived error[no-withdraw]" in shown
    assert "until 2026-12-31, approved by a@example.com" in shown
    statistics = okxlint("check", *DAY, "--statistics", "-f", "json", cwd=tmp_path)
    assert "least-privilege" in statistics.stderr
    assert len(json.loads(statistics.stdout)["waived"]) == 1


def test_the_text_keeps_to_the_width(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD})
    done = okxlint("check", *DAY, cwd=tmp_path, env={"COLUMNS": "60"})
    *lines, summary = done.stdout.splitlines()
    assert max(map(len, lines)) <= 60
    assert "Not looked at" in summary


def test_a_locale_without_utf_8_is_no_reason_to_fail(tmp_path: Path) -> None:
    write(tmp_path, {"okx-keys.yaml": BAD.replace("reports-2026q4", "прод-ключ")})
    env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    assert okxlint("check", *DAY, cwd=tmp_path, env=env).returncode == 1


# -- other commands --------------------------------------------------------------------------


def test_rules_lists_every_rule(tmp_path: Path) -> None:
    table = okxlint("rules", cwd=tmp_path).stdout
    listed = json.loads(okxlint("rules", "-f", "json", cwd=tmp_path).stdout)
    assert all(rule["id"] in table and rule["summary"] in table for rule in listed)
    assert {rule["group"] for rule in listed} >= {"permissions", "hygiene"}


def test_explain(tmp_path: Path) -> None:
    text = okxlint("explain", "max-age", cwd=tmp_path).stdout
    assert "A live key must be replaced before it is too old." in text
    assert "max_days" in text
    assert "```" not in text
    page = okxlint("explain", "max-age", "-f", "markdown", cwd=tmp_path).stdout
    assert page.startswith("# max-age\n")
    facts = json.loads(okxlint("explain", "max-age", "-f", "json", cwd=tmp_path).stdout)
    assert facts["options"]["max_days"] == {
        "type": "number",
        "default": 90,
        "strict": 60,
        "stricter": "lower",
        "order": [],
        "doc": "The greatest age in days.",
    }


@pytest.mark.parametrize("name", ["manifest", "policy", "baseline", "report"])
def test_schema(tmp_path: Path, name: str) -> None:
    done = okxlint("schema", name, cwd=tmp_path)
    assert json.loads(done.stdout)["title"] == f"okxlint {name}, version 1"


def test_the_report_is_what_its_schema_says(tmp_path: Path) -> None:
    import jsonschema

    write(tmp_path, {"okx-keys.yaml": BAD})
    schema = json.loads(okxlint("schema", "report", cwd=tmp_path).stdout)
    jsonschema.validate(report(cwd=tmp_path, code=1), schema)


@pytest.mark.parametrize(
    "command",
    ["check", "rules", "explain", "policy", "policy show", "baseline", "test", "schema"],
)
def test_help_of_each_command_has_an_example(tmp_path: Path, command: str) -> None:
    done = okxlint(*command.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"okxlint {command}" in done.stdout
    assert "Example" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(tmp_path: Path, shell: str) -> None:
    done = okxlint(cwd=tmp_path, env={"_OKXLINT_COMPLETE": f"{shell}_source"})
    assert "okxlint" in done.stdout
    words = {"COMP_WORDS": "okxlint explain max", "COMP_CWORD": "2"}
    done = okxlint(cwd=tmp_path, env={"_OKXLINT_COMPLETE": "bash_complete", **words})
    assert "max-age" in done.stdout


# -- what was meant --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("chek", "there is no command 'chek'; did you mean 'check'?"),
        ("policy shw", "Did you mean 'show'?"),
        ("check --statistic", "Did you mean '--statistics'?"),
        ("check --select no-withdrw", "there is no rule 'no-withdrw'; did you mean 'no-withdraw'?"),
        ("explain max-aeg", "there is no rule 'max-aeg'; did you mean 'max-age'?"),
        ("check --policy recomended", "did you mean 'recommended'?"),
        (
            "check --require-pack strcit",
            "(recommended); did you mean 'strict'?\n  Add 'extends: strict'",
        ),
        ("check -o sarf=x", "there is no format 'sarf'; did you mean 'sarif'?"),
        ("check --allow-unknown master-kys", "did you mean 'master-keys'?"),
    ],
)
def test_a_slip_of_the_finger_is_told_what_was_meant(
    arguments: str, said: str, tmp_path: Path
) -> None:
    done = okxlint(*arguments.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name: str, tmp_path: Path) -> None:
    shown = okxlint(name, "--help", cwd=tmp_path).stdout
    assert re.search(rf"Examples?:\n    okxlint {name}", shown)


# -- the examples of README ------------------------------------------------------------------


def test_the_examples_are_what_readme_says() -> None:
    desk = report("examples/desk", cwd=ROOT, code=1)
    assert {"no-withdraw", "max-age", "ip-bound", "one-key-per-app"} <= rules_of(desk)
    tidy = report("examples/tidy", cwd=ROOT, code=0)
    assert tidy["findings"] == []


@pytest.mark.parametrize("other", ["a.json", "./a.json", "link/a.json", "{cwd}/a.json"])
def test_two_reports_do_not_go_to_one_file(other: str, tmp_path: Path) -> None:
    (tmp_path / "okx-keys.yaml").write_text("version: 1\nkeys: []\n")
    (tmp_path / "link").symlink_to(".")
    named = other.format(cwd=tmp_path)
    for command, form in (("check", "json"), ("register", "csv"), ("test", "junit")):
        done = okxlint(command, "-o", f"{form}=a.json", "-o", f"{form}={named}", cwd=tmp_path)
        assert done.returncode == 2
        assert f"'{named}' is given twice, and has room for one" in done.stderr
    assert not (tmp_path / "a.json").exists()
    twice = okxlint("check", "-o", "json=/dev/null", "-o", "sarif=/dev/null", cwd=tmp_path)
    assert twice.returncode == 0
