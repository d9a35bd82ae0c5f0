"""The example plugin and the guide made from it, in a fresh environment; and hostile folders."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "plugin"
DAY = ("--as-of", "2026-11-22")
PLUGGED = "version: 1\nextends: []\nplugins: [okxlint-acme]\n"
MANIFEST = """version: 1
apps:
  - name: grid-bot
keys:
  - label: gridbot-2026q3
    account: gridbot01
    app: grid-bot
    permissions: [read_only, trade]
    created: 2026-10-01
    ip_allowlist: [203.0.113.7, 198.51.100.7]
"""
SITES = "{sites: [203.0.113.0/24, 198.51.100.0/24]}"
BOTH = ["acme/label-quarter", "acme/one-site"]


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the wheel of okxlint and the example plugin."""

    bin: Path

    def run(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, without this one's settings of Python and tests."""
        ours = ("COLUMNS", "COV", "PYTEST", "PYTHON")
        env = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        env["PATH"] = f"{self.bin}{os.pathsep}{env['PATH']}"
        # So pip reads it: false for 'no build isolation'. What builds is installed already.
        env["PIP_NO_BUILD_ISOLATION"] = "false"
        return subprocess.run(
            [str(self.bin / command[0]), *map(str, command[1:])],
            cwd=cwd, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def okxlint(self, *args: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        done = self.run("okxlint", *args, cwd=cwd)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def found(self, *args: str, cwd: Path, code: int) -> list[str]:
        """The rules of the findings, sorted."""
        done = self.okxlint("check", *DAY, "-f", "json", *args, cwd=cwd)
        assert done.returncode == code, done.stdout + done.stderr
        return sorted(finding["rule"] for finding in json.loads(done.stdout)["findings"])


@pytest.fixture(name="fresh", scope="module")
def fresh_fixture(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("fresh")
    fresh = Environment(folder / "venv" / ("Scripts" if os.name == "nt" else "bin"))
    python = fresh.bin / "python"

    def pip(*args: str | Path) -> None:
        subprocess.run([sys.executable, "-m", "pip", "-q", *args], cwd=folder, check=True)

    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT, EXAMPLE)
    wheels = folder.glob("*.whl")
    # What the guide needs comes along: what builds the plugin, and what runs its tests.
    pip("--python", python, "install", "--no-compile", *wheels, "hatchling", "pytest")
    # One pip for all: to install it too would take longer than most tests here.
    command = f'#!/bin/sh\nexec "{sys.executable}" -m pip --python "{python}" "$@"\n'
    (fresh.bin / "pip").write_text(command)
    (fresh.bin / "pip").chmod(0o755)
    return fresh


def desk(folder: Path, policy: str, manifest: str = MANIFEST) -> Path:
    (folder / "okxlint.yaml").write_text(policy)
    (folder / "okx-keys.yaml").write_text(manifest)
    return folder


# -- the example -----------------------------------------------------------------------------


def test_findings_in_every_form(fresh: Environment, tmp_path: Path) -> None:
    desk(tmp_path, f"{PLUGGED}rules: {{acme/one-site: {SITES}}}\n")
    assert fresh.found(cwd=tmp_path, code=1) == BOTH
    text = fresh.okxlint("check", *DAY, "-o", "sarif=s.json", cwd=tmp_path).stdout
    assert "warning[acme/label-quarter]: the label 'gridbot-2026q3' of a key" in text
    assert "error[acme/one-site]: entry '198.51.100.7' binds app 'grid-bot'" in text
    (sarif,) = json.loads((tmp_path / "s.json").read_text())["runs"]
    assert sorted(result["ruleId"] for result in sarif["results"]) == BOTH
    rules = {rule["id"]: rule for rule in sarif["tool"]["driver"]["rules"]}
    assert rules["acme/one-site"]["name"] == "NetworkAcmeOneSite"
    assert rules["acme/one-site"]["defaultConfiguration"]["level"] == "error"
    assert "## Bad" in rules["acme/one-site"]["help"]["markdown"]
    forms = ("concise", "github", "gitlab", "junit", "markdown")
    outputs = [f"--output={form}=report.{form}" for form in forms]
    assert fresh.okxlint("check", *DAY, *outputs, cwd=tmp_path).returncode == 1
    for form in forms:
        assert "acme/one-site" in (tmp_path / f"report.{form}").read_text()


def test_what_a_policy_says_of_its_rules(fresh: Environment, tmp_path: Path) -> None:
    def found(policy: str, *args: str, code: int = 0, manifest: str = MANIFEST) -> list[str]:
        desk(tmp_path, f"{PLUGGED}{policy}", manifest)
        return fresh.found(*args, cwd=tmp_path, code=code)

    assert found("") == ["acme/label-quarter"]  # no sites, so nothing to judge
    assert found("rules: {acme/label-quarter: error}", code=1) == ["acme/label-quarter"]
    desk(tmp_path, f"{PLUGGED}rules: {{acme/one-site: {{sites: [x]}}}}\n")
    wrong = "okxlint.yaml:4:33: 'sites': this is no IPv4 or IPv6 address"
    assert wrong in fresh.okxlint("check", cwd=tmp_path).stderr
    assert found("", "--select", "acme/one-site") == []
    assert found("", "--ignore", "acme/label-quarter", "--fail-on", "warning") == []
    assert found("overrides: [{match: {account: g*}, rules: {acme/label-quarter: off}}]") == []
    waiver = "{rule: acme/label-quarter, reason: r, approved_by: a, expires: 2027-01-31}"
    assert found("", manifest=f"{MANIFEST}    waivers: [{waiver}]\n") == []
    desk(tmp_path, f"{PLUGGED}rules: {{acme/label-quarter: {{locked: true}}}}\n")
    done = fresh.okxlint("check", "--ignore", "acme/label-quarter", cwd=tmp_path)
    assert (done.returncode, "'acme/label-quarter' is locked" in done.stderr) == (2, True)


def test_commands_tell_of_its_rules(fresh: Environment, tmp_path: Path) -> None:
    desk(tmp_path, PLUGGED)
    assert "acme/one-site" in fresh.okxlint("rules", cwd=tmp_path).stdout
    page = fresh.okxlint("explain", "acme/label-quarter", cwd=tmp_path).stdout
    assert "early_days        number            14                7" in page
    shown = fresh.okxlint("policy", "show", "--rule", "acme/label-quarter", cwd=tmp_path).stdout
    assert re.search(r"severity: warning +# okxlint-acme\n", shown)


def test_what_is_not_enabled_is_not_imported(fresh: Environment, tmp_path: Path) -> None:
    def imports(policy: str) -> str:
        desk(tmp_path, policy)
        command = ("python", "-P", "-v", "-m", "okxlint", "check", *DAY)
        return fresh.run(*command, cwd=tmp_path).stderr

    assert "import 'okxlint_acme.rules.one_site'" in imports(PLUGGED)
    without = imports("version: 1\n")
    assert "import 'okxlint.rules.max_age'" in without
    assert "import 'okxlint_acme" not in without


def test_its_pack(fresh: Environment, tmp_path: Path) -> None:
    pack = "okxlint-acme:desk"
    desk(tmp_path, f"version: 1\nextends: {pack}\n")
    only = ("--select", ",".join(BOTH))
    assert fresh.found(*only, "--require-pack", pack, cwd=tmp_path, code=1) == BOTH
    desk(tmp_path, "version: 1\n")
    assert fresh.found(*only, "--policy", pack, cwd=tmp_path, code=1) == BOTH
    done = fresh.okxlint("check", *only, cwd=tmp_path)
    assert (done.returncode, "there is no rule 'acme/" in done.stderr) == (2, True)
    done = fresh.okxlint("check", "--require-pack", pack, cwd=tmp_path)
    assert done.returncode == 2
    assert "does not descend from the pack 'okxlint-acme:desk'" in done.stderr
    # A file of that name, which a change may bring along, is another policy.
    (tmp_path / pack).write_text("version: 1\nextends: []\n")
    given = ("--policy", "OKXLint_acme:desk", "--require-pack", "OKXLint_acme:desk")
    assert fresh.found(*only, *given, cwd=tmp_path, code=1) == BOTH
    assert fresh.found(*only, "--policy", pack, cwd=tmp_path, code=1) == BOTH
    assert fresh.found("--policy", f"./{pack}", cwd=tmp_path, code=0) == []
    done = fresh.okxlint("check", "--policy", "okxlint-acme:dsek", cwd=tmp_path)
    assert (done.returncode, "did you mean 'desk'?" in done.stderr) == (2, True)


# -- the guide -------------------------------------------------------------------------------


def test_the_guide_can_be_pasted_and_says_what_happens(fresh: Environment, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "write-a-rule.md").read_text()
    blocks = re.findall(r"^(`{3,})(sh|text)\n(.*?)^\1$", guide, re.MULTILINE | re.DOTALL)
    script = ""
    wanted: list[str | None] = []
    for _, kind, text in blocks:
        if kind == "sh":
            script += f"{text}echo -- $? --\n"
            wanted.append(None)
        else:
            wanted[-1] = text
    shell = shutil.which("bash")
    assert shell
    (tmp_path / "guide.sh").write_text(script)
    folder = tmp_path / "empty"
    folder.mkdir()
    done = fresh.run(Path(shell), tmp_path / "guide.sh", cwd=folder)
    said = re.findall(r"(.*?)^-- (\d+) --\n", done.stdout, re.MULTILINE | re.DOTALL)
    for (got, _), text in zip(said, wanted, strict=True):
        assert text in (None, got), done.stderr
    # One finding at severity error; all else succeeds, the example's own tests at the end too.
    assert [status for _, status in said if status != "0"] == ["1"], done.stderr
    assert " 6 passed in " in said[-1][0].replace("\n", " ")


def test_the_guide_is_the_example() -> None:
    guide = (ROOT / "docs" / "write-a-rule.md").read_text()
    paths = re.findall(r"<!-- begin file (\S+) -->", guide)
    there = [path.relative_to(EXAMPLE) for path in EXAMPLE.rglob("*.*") if path.is_file()]
    made = [path.as_posix() for path in there if path.parts[0][0] != "." and path.suffix != ".pyc"]
    assert sorted([*paths, "README.md"]) == sorted(made)
    for path in paths:
        assert f"cat > {path} <<'EOF'\n{(EXAMPLE / path).read_text()}EOF\n" in guide


# -- hostile folders -------------------------------------------------------------------------

OURS = [
    "annotated_types", "click", "json", "jsonschema", "okxlint_acme", "pydantic", "sarif_om",
    "sitecustomize", "typing_extensions", "unicodedata", "usercustomize", "yaml",
]  # fmt: skip
"""What okxlint imports, or Python when it starts; not what ``python -m`` needs to find it."""
ALL = sorted({*OURS, "okxlint", *sys.stdlib_module_names})


def hostile(folder: Path, names: list[str]) -> Path:
    """A desk whose folder has modules, packages and a distribution that leave a mark if run."""
    mark = "open('marker', 'a').write(__name__ + '\\n')\n"
    desk(folder, f"{PLUGGED}rules: {{acme/one-site: {SITES}}}\n")
    for name in names:
        (folder / f"{name}.py").write_text(mark)
        if name in OURS:
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text(mark)
    info = folder / "okxlint_acme-9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: okxlint-acme\nVersion: 9\n")
    (info / "entry_points.txt").write_text("[okxlint.rules]\nevil = okxlint_acme\n")
    return folder


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (["okxlint"], ALL),
        (["python", "-P", "-m", "okxlint"], ALL),
        (["python", "-I", "-m", "okxlint"], ALL),
        (["python", "-m", "okxlint"], OURS),
    ],
    ids=["script", "-P", "-I", "-m"],
)
def test_nothing_is_imported_from_the_working_directory(
    fresh: Environment, tmp_path: Path, command: list[str], names: list[str]
) -> None:
    hostile(tmp_path, names)
    done = fresh.run(*command, "check", *DAY, "-f", "json", "-o", "sarif=s.json", cwd=tmp_path)
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()
    assert done.returncode == 1, done.stderr
    assert sorted(finding["rule"] for finding in json.loads(done.stdout)["findings"]) == BOTH
    assert (tmp_path / "s.json").exists()
