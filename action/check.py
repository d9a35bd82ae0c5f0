"""The action's third step: runs okxlint in the workspace and tells what came of it.

Run by the Python of okxlint's own environment with -I, so that nothing is imported from the tree
that is checked. It ends well whatever okxlint finds: the last step gives the verdict.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from okxlint.errors import OkxlintError
from okxlint.secrets.redact import unarmed, visible

NO_REVISION = ("", "none")
REPORTED = (0, 1, 3)
"""The exit statuses of a run that has a report."""
_KEPT_OUT = re.compile(r"PYTHON.*|_OKXLINT_COMPLETE")
"""Variables of the job that would change what the console script runs."""


def main(environ: Mapping[str, str]) -> None:
    """Check, and write the outputs; a reason not to check is told as exit status 2."""
    try:
        outputs = check(environ)
    except OkxlintError as error:
        tell_failure([error.message, error.hint])
        outputs = {"exit-code": str(error.exit_code)}
    with open(environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as stream:
        stream.writelines(f"{name}={value}\n" for name, value in outputs.items())


def check(environ: Mapping[str, str]) -> dict[str, str]:
    """Run okxlint; returns the outputs. Raises ``OkxlintError``."""
    workspace = os.path.realpath(environ["GITHUB_WORKSPACE"])
    folder = Path(tempfile.mkdtemp(prefix="okxlint-report-", dir=environ["RUNNER_TEMP"]))
    report, sarif = folder / "okxlint.json", folder / "okxlint.sarif"
    arguments = [*options(environ), "-f", "github", "-o", f"json={report}", "-o", f"sarif={sarif}"]
    if truth(environ, "SUMMARY") and environ.get("GITHUB_STEP_SUMMARY"):
        arguments += ["-o", f"markdown={environ['GITHUB_STEP_SUMMARY']}"]
    lines = environ["OKXLINT_PATHS"].replace("\r\n", "\n").split("\n")
    paths = [line for line in lines if line.strip()]
    wanted = sarif_place(environ["OKXLINT_SARIF_FILE"], workspace)
    code = run_okxlint([*arguments, "--", *paths], workspace, environ)
    found = read_report(report, code)
    if wanted:
        sarif = copied(sarif, wanted)
    return {
        "exit-code": str(code),
        "sarif-file": str(sarif),
        "errors": str(found["summary"]["error"]),
        "warnings": str(found["summary"]["warning"]),
        "new": str(sum(finding["new"] is not False for finding in found["findings"])),
    }


def options(environ: Mapping[str, str]) -> list[str]:
    """The options that the inputs make."""
    asked = {
        "--policy": environ["OKXLINT_POLICY"],
        "--baseline": environ["OKXLINT_BASELINE"],
        "--fail-on": environ["OKXLINT_FAIL_ON"],
        "--sarif-category": environ["OKXLINT_CATEGORY"],
    }
    revisions = {"--base": environ["OKXLINT_BASE"], "--policy-ref": environ["OKXLINT_POLICY_REF"]}
    asked |= {name: text for name, text in revisions.items() if text not in NO_REVISION}
    made = [f"{name}={text}" for name, text in asked.items() if text]
    if truth(environ, "NEW_ONLY"):
        if "--base" in asked:
            return [*made, "--new-only"]
        print("There is no base here, so everything is new.", flush=True)
    return made


def truth(environ: Mapping[str, str], name: str) -> bool:
    """An input that is true or false. Raises ``OkxlintError`` for anything else."""
    given = environ[f"OKXLINT_{name}"]
    if given.lower() not in ("true", "false"):
        asked = name.lower().replace("_", "-")
        raise OkxlintError(f"the input '{asked}' is true or false, not '{given}'")
    return given.lower() == "true"


def run_okxlint(arguments: list[str], workspace: str, environ: Mapping[str, str]) -> int:
    """The exit status of the console script. Raises ``OkxlintError`` if it has no report."""
    import subprocess

    script = os.path.join(sysconfig.get_path("scripts"), "okxlint")
    done = subprocess.run(
        [script, "check", *arguments],
        cwd=workspace,
        env={name: text for name, text in environ.items() if not _KEPT_OUT.fullmatch(name)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    told = done.stderr.decode(errors="replace").strip()
    if done.returncode not in REPORTED:
        raise OkxlintError(told or f"okxlint ended with {done.returncode}")
    if told:
        print("\n".join(shown(told)), file=sys.stderr, flush=True)
    return done.returncode


def read_report(path: Path, code: int) -> Any:
    """The report of a run that ended with this status.

    Raises ``OkxlintError`` if it has none: a run that did something else must not pass for one.
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OkxlintError(f"okxlint ended with {code}, but without a report: {error}") from error
    if report["summary"]["exit"] != code:
        raise OkxlintError(f"okxlint ended with {code}, and its report says otherwise")
    return report


def sarif_place(wanted: str, workspace: str) -> Path | None:
    """Where the SARIF report is wanted, made free. Raises ``OkxlintError`` for where it cannot be.

    The tree that is checked may have a link on the way there, or a report of its own.
    """
    if not wanted:
        return None
    target = os.path.normpath(os.path.join(workspace, wanted))
    folder = os.path.dirname(target)
    if not wanted.isprintable() or os.path.realpath(folder) != folder:
        raise OkxlintError(f"'sarif-file' may not lie behind a symbolic link: {wanted}")
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.lexists(target):
            os.unlink(target)
    except OSError as error:
        raise OkxlintError(f"'sarif-file' cannot be {wanted}: {error.strerror}") from error
    return Path(target)


def copied(report: Path, target: Path) -> Path:
    """The report, copied to a place where nothing may be yet."""
    with open(report, "rb") as source, open(target, "xb") as stream:
        shutil.copyfileobj(source, stream)
    return target


def tell_failure(texts: Iterable[str]) -> None:
    """Say why nothing was checked, in an annotation."""
    told = "\n".join(line for text in texts if text for line in shown(text))
    escaped = told.replace("%", "%25").replace("\n", "%0A")
    print(f"::error title=okxlint::{escaped}", flush=True)


def shown(text: str) -> list[str]:
    """The lines of a text, so that a log's reader finds no command in them."""
    return [unarmed(visible(line)) for line in text.split("\n")]


if __name__ == "__main__":
    main(os.environ)
