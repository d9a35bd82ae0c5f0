"""How a register for people puts it, whatever the format."""

from __future__ import annotations

from collections.abc import Iterable

from okxlint.model import Finding
from okxlint.register import Accepted, AccountEntry, Register
from okxlint.report.summary import plural

_POLICY = {
    "not committed": "not committed as it was read",
    "no git": "no git here that could say its commit",
    "pack": "a pack, as it is installed",
}


def of_policy(register: Register) -> str:
    """Which commit has the policy, or why none is named."""
    if register.policy_ref:
        return f"at commit {register.policy_ref}"
    return _POLICY[register.policy_state]


def of_waiver(waiver: Accepted) -> str:
    """A waiver in a few words, its reason aside."""
    value = f" of '{waiver.value}'" if waiver.value else ""
    by = f" by {waiver.approved_by}" if waiver.approved_by else ""
    until = f" until {waiver.expires}" if waiver.expires else ""
    why = f": {waiver.why}" if waiver.why else ""
    state = "" if waiver.state == "holds" else f" ({waiver.state}{why})"
    return f"{waiver.rule}{value}{by}{until}{state}"


def of_findings(findings: Iterable[Finding]) -> str:
    """What is found, by severity and rule; empty if nothing is."""
    return "; ".join(f"{each.severity.word} {each.rule}" for each in findings)


def of_target(account: str | None, key: str | None, app: str | None) -> str:
    """What a finding or a waiver is of: ``account a key b``; empty for files and the policy."""
    names = (("account", account), ("key", key), ("app", app))
    return " ".join(f"{kind} {name}" for kind, name in names if name)


def of_rest(register: Register) -> str:
    """What a register of PATHs lacks; empty if it has every key."""
    if not register.left_out:
        return ""
    return (
        f"A part of the inventory: {plural(register.left_out, 'key')} declared elsewhere left out."
    )


def of_live(register: Register) -> str:
    """What is said if nobody looked at OKX; else empty."""
    return "" if register.is_live else "What is on OKX was not looked at: no snapshot was given."


def of_type(account: AccountEntry) -> str:
    """What an account is, or why nobody can tell."""
    return account.type or ("not judged" if account.is_declared else "not declared")
