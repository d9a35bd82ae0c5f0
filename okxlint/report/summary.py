"""The sentences that end a report for people: what was found, and what nobody looked at."""

from __future__ import annotations

from okxlint.model import Report, Severity
from okxlint.redact import visible


def plural(count: int, word: str) -> str:
    """A count with its noun: ``1 key``, ``2 keys``."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def totals(report: Report) -> str:
    """What was found: ``1 error, 2 warnings``, or ``no findings``."""
    found = [
        plural(report.count(severity), severity.word)
        for severity in (Severity.ERROR, Severity.WARNING)
        if report.count(severity)
    ]
    if report.count(Severity.INFO):
        found.append(f"{report.count(Severity.INFO):,} info")
    return ", ".join(found) or "no findings"


def scope(report: Report) -> str:
    """Where it was looked for: files, keys, policy and day."""
    counts = ((report.keys, "key"), (report.accounts, "account"), (report.apps, "app"))
    things = ", ".join(plural(count, word) for count, word in counts)
    return (
        f"{things} in {plural(report.files, 'file')} "
        f"(policy {visible(report.policy_source)}, as of {report.as_of})"
    )


def not_looked_at(report: Report) -> str:
    """What this run does not know."""
    if not report.coverage:
        live = "OKX itself (no snapshot)"
    else:
        complete = sum(listing == "complete" for _, listing, _ in report.coverage)
        live = f"{len(report.coverage) - complete} of {len(report.coverage)} accounts on OKX"
    unknown = f"; {plural(len(report.unknown), 'unknown')} above" if report.unknown else ""
    return f"Not looked at: {live}{unknown}."


def statistics(report: Report) -> list[str]:
    """How many findings each rule has, most first: ``12  error  max-age``."""
    counts: dict[tuple[str, str], int] = {}
    for finding in report.findings:
        key = (finding.rule, finding.severity.word)
        counts[key] = counts.get(key, 0) + 1
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return [f"{count:>6}  {severity:<7}  {rule}" for (rule, severity), count in rows]


def summary_lines(report: Report) -> list[str]:
    """The end of a report for people."""
    waived = f" {plural(len(report.waived), 'finding')} waived." if report.waived else ""
    return [f"{totals(report)}: {scope(report)}.{waived} {not_looked_at(report)}"]
