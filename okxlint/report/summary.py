"""The sentences that end a report for people: what was found, and what nobody looked at."""

from __future__ import annotations

from okxlint.model import Grant, Location, Pending, Report, Severity
from okxlint.secrets.redact import visible

_WHOLE = ("complete", "attested")
"""How an account was listed of which all keys are known."""
_UNSEEN = ("no-snapshot", "other-environment")
"""The kinds of unknown by which there are keys of an account that no snapshot tells of."""
_REASONS = 5
"""So many reasons for which entries of a baseline are stale are told; JSON has them all."""


def plural(count: int, word: str) -> str:
    """A count with its noun: ``1 key``, ``2 keys``."""
    many = f"{word[:-1]}ies" if word.endswith("ry") else f"{word}s"
    return f"{count:,} {word if count == 1 else many}"


def sentence(text: str) -> str:
    """A text with a full stop, unless it ends like a sentence."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


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


def scope(report: Report, digits: int | None = 12) -> str:
    """Where it was looked for: files, keys, policy (and its commit, or its first digits), day."""
    counts = ((report.keys, "key"), (report.accounts, "account"), (report.apps, "app"))
    things = ", ".join(plural(count, word) for count, word in counts)
    commit = f" at {report.policy_ref[:digits]}" if report.policy_ref else ""
    return (
        f"{things} in {plural(report.files, 'file')} "
        f"(policy {visible(report.policy_source)}{commit}, as of {report.as_of})"
    )


def not_looked_at(report: Report) -> str:
    """What this run does not know."""
    above = f"{plural(len(report.unknown), 'unknown')} above" if report.unknown else ""
    if not report.coverage:
        return f"Not looked at: OKX itself (no snapshot){above and '; '}{above}."
    names = {name for name, _, _ in report.coverage}
    missed = {name for name, listing, _ in report.coverage if listing not in _WHOLE}
    missed |= {each.account for each in report.unknown if each.account and each.kind in _UNSEEN}
    count = len(names | missed)
    accounts = plural(count, "account")
    if missed:
        return f"Not looked at: {len(missed)} of {accounts} on OKX{above and '; '}{above}."
    seen = f"Looked at: {'all' if count > 1 else 'the'} {accounts} on OKX"
    return f"{seen}; not looked at: {above}." if above else f"{seen}."


def statistics(report: Report) -> list[str]:
    """How many findings each rule has, most first: ``12  error  max-age``."""
    counts: dict[tuple[str, str], int] = {}
    for finding in report.findings:
        key = (finding.rule, finding.severity.word)
        counts[key] = counts.get(key, 0) + 1
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return [f"{count:>6}  {severity:<7}  {rule}" for (rule, severity), count in rows]


def left_out(report: Report) -> list[str]:
    """What was found and is not among the findings: sentences."""
    told = []
    if waived := len(report.waived) - report.accepted:
        told.append(f"{plural(waived, 'finding')} waived.")
    if report.baseline and report.accepted:
        found = plural(report.accepted, "finding")
        told.append(f"{found} accepted by the baseline until {report.baseline.until}.")
    if report.pending:
        told.append(f"{plural(len(report.pending), 'waiver')} not yet in force.")
    if report.old:
        told.append(f"{plural(report.old, 'old finding')} left out.")
    return told


def not_in_force(pending: Pending) -> str:
    """A waiver that does not hold yet, and why: a sentence without its end."""
    target = f"app {pending.app}" if pending.app is not None else f"account {pending.account}"
    if pending.key is not None:
        target = f"key {pending.account}/{pending.key}"
    commit = (pending.commit or "")[:12]
    return (
        f"the waiver of {pending.rule} for {target} ({visible(pending.grant.path)}:"
        f"{pending.grant.line}) does not hold yet: the commit {commit}, whose policy rules, does "
        "not have it in force"
    )


def of_baseline(report: Report) -> list[str]:
    """What is wrong with the baseline, and which entries are stale: sentences without an end."""
    baseline = report.baseline
    if baseline is None:
        return []
    path = visible(baseline.path)
    told = [f"{path} does not hold: {baseline.problem}"] if baseline.problem else []
    lines: dict[str, list[int]] = {}
    for entry in baseline.stale:
        lines.setdefault(entry.reason, []).append(entry.location.line)
    for reason, found in list(lines.items())[:_REASONS]:
        more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
        told.append(f"stale: {path}:{found[0]}{more}: {reason}")
    if baseline.stale:
        entries = plural(len(baseline.stale), "stale entry")
        told.append(f"'okxlint baseline --prune -o FILE' takes out {entries}")
    return told


def summary_lines(report: Report) -> list[str]:
    """The end of a report for people."""
    found = f"{totals(report)}: {scope(report)}."
    return [" ".join([found, *left_out(report), not_looked_at(report)])]


def at(place: Location) -> str:
    """A place as people write it: ``okx-keys.yaml:12:20``."""
    return f"{visible(place.path)}:{place.line}:{place.column}"


def granted(grant: Grant) -> str:
    """What a waiver says: until when, by whom, where it stands and why."""
    until = f"until {grant.expires}" if grant.expires else "without a last day"
    by = f", approved by {grant.approved_by}" if grant.approved_by else ""
    reason = f": {grant.reason}" if grant.reason else ""
    return f"{until}{by} ({visible(grant.path)}:{grant.line}){reason}"
