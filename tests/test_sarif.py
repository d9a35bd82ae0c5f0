"""SARIF that code scanning takes whole: valid, one place a result, no two results for one alert."""

import io
import json
import re
import tracemalloc
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sarif_om

from okxlint.line_hash import git_line_hashes
from okxlint.model import Excerpt, Finding, Location, Related, Report, Severity, Unknown
from okxlint.record import changed
from okxlint.report import View, writer
from okxlint.report.sarif_alert import live_path
from okxlint.report.sarif_json import plain
from tests import sample_report
from tests.sample_report import (
    BASED,
    COMMIT,
    ERROR,
    GRANT,
    HELP,
    INFO,
    MESSAGE,
    WARNING,
    assert_golden,
    card,
    excerpt_of,
    finding,
)

HERE = Path(__file__).parent
MANIFEST = """\
version: 1
keys:
  - label: treasury
    account: main
    permissions: [trade, withdraw]
    ip_allowlist:
      - 10.0.0.1
      - 192.168.0.1
"""


def report(*findings: Finding, **changes: Any) -> Report:
    return sample_report.report(*findings, text=MANIFEST, **changes)


def sarif(made: Report, **view: Any) -> str:
    return sample_report.written("sarif", made, **view)


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((HERE / "data/sarif-2.1.0.schema.json").read_text("utf-8"))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema, format_checker=checker)


def run_of(made: Report, **view: Any) -> dict[str, Any]:
    """The one run of a log, which is valid."""
    log = json.loads(sarif(made, **view))
    assert [error.message for error in validator().iter_errors(log)] == []
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def results_of(made: Report, **view: Any) -> list[dict[str, Any]]:
    results = run_of(made, **view)["results"]
    assert isinstance(results, list)
    return results


def result_of(*findings: Finding, **changes: Any) -> dict[str, Any]:
    (result,) = results_of(report(*findings, **changes))
    return result


def region_of(location: Mapping[str, Any]) -> tuple[int, int, int, int | None]:
    region = location["physicalLocation"]["region"]
    assert region["startLine"] == region["endLine"]
    names = ("startLine", "startColumn", "endLine", "endColumn")
    line, column, end_line, end_column = (region.get(name) for name in names)
    return line, column, end_line, end_column


def uri_of(location: Mapping[str, Any]) -> str:
    return str(location["physicalLocation"]["artifactLocation"]["uri"])


def readable_report() -> Report:
    entry = finding(
        "ip-public",
        message="10.0.0.1 is a private address",
        help="Bind the address that OKX sees.",
        location=Location("okx-keys.yaml", 7, 9, 7, 17),
        value="10.0.0.1",
        fingerprint="beef:1",
    )
    isolated = finding(
        "withdraw-isolated",
        message="key 'treasury' of account 'main' holds trade beside withdraw",
        help="Split it into two keys.",
        location=Location("okx-keys.yaml", 5, 19, 5, 24),
        app="grid-bot",
        value="trade",
        severity=WARNING,
        fails_on=date(2026, 12, 1),
        fingerprint="cafe:1",
        related=(Related(Location("apps.yaml", 3, 5, 3, 9), "what the app needs"),),
    )
    cards = {card.id: card for card in map(card, ("no-withdraw", "ip-public", "demo-first"))}
    cards["withdraw-isolated"] = card("withdraw-isolated", WARNING)
    return report(
        isolated,
        finding(),
        entry,
        waived=(finding("demo-first", location=Location("okx-keys.yaml", 3, 12), waiver=GRANT),),
        unknown=(Unknown("failed-account", "account 'gridbot01' could not be read", "gridbot01"),),
        cards=lambda: cards,
    )


def test_golden() -> None:
    written = sarif(readable_report(), show_waived=True, category="keys")
    assert written.isascii()
    assert_golden("report.sarif", written)
    run_of(readable_report(), show_waived=True, category="keys")


def test_a_report_without_findings_has_an_empty_list() -> None:
    run = run_of(report())
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert "automationDetails" not in run


def test_the_run_says_who_looked_by_which_policy_on_which_day() -> None:
    run = run_of(report(finding()))
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("okxlint", "1.2.3")
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["properties"] == {"as_of": "2026-11-22", "policy": "okxlint.yaml"}
    assert run["originalUriBaseIds"] == {
        "%SRCROOT%": {"description": {"text": "The root of the repository."}}
    }


def test_the_run_says_of_which_commit_the_policy_is() -> None:
    assert run_of(BASED)["properties"]["policy_ref"] == COMMIT


def test_a_result_says_what_is_wrong_and_what_to_do() -> None:
    result = result_of(finding())
    assert result["message"]["text"] == f"{MESSAGE}. {HELP}"
    (told,) = result["properties"]["findings"]
    assert told == {
        "severity": "error",
        "account": "main",
        "key": "treasury",
        "value": "withdraw",
        "fingerprint": "f00d:1",
    }


def test_logical_locations_stand_beside_a_place_in_a_file() -> None:
    (location,) = result_of(finding(app="grid-bot"))["locations"]
    assert uri_of(location) == "okx-keys.yaml"
    assert location["logicalLocations"] == [
        {"name": "main", "fullyQualifiedName": "main", "kind": "account"},
        {"name": "treasury", "fullyQualifiedName": "main/treasury", "kind": "key"},
        {"name": "grid-bot", "fullyQualifiedName": "grid-bot", "kind": "app"},
    ]


@pytest.mark.parametrize("rule_level", [ERROR, WARNING, INFO])
@pytest.mark.parametrize(
    ("severity", "level"), [(ERROR, "error"), (WARNING, "warning"), (INFO, "note")]
)
def test_every_level_is_written(severity: Severity, level: str, rule_level: Severity) -> None:
    cards = {"no-withdraw": card("no-withdraw", rule_level)}
    run = run_of(report(finding(severity=severity), cards=lambda: cards))
    assert run["results"][0]["level"] == level
    default = run["tool"]["driver"]["rules"][0]["defaultConfiguration"]
    assert default == {"level": {"info": "note"}.get(rule_level.word, rule_level.word)}


def test_rules_are_sorted_and_results_point_at_them() -> None:
    cards = {rule: card(rule) for rule in ("unseen", "no-withdraw", "max-age")}
    run = run_of(report(finding(), cards=lambda: cards))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["max-age", "no-withdraw", "unseen"]
    assert run["results"][0]["ruleIndex"] == 1
    assert rules[1] == {
        "id": "no-withdraw",
        "name": "PermissionsNoWithdraw",
        "shortDescription": {"text": "What no-withdraw asks for."},
        "fullDescription": {"text": "Why it does."},
        "help": {"text": "What to do.", "markdown": "# no-withdraw\n\nWhat to do.\n"},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "precision": "very-high",
            "security-severity": "8.0",
            "tags": ["permissions", "security"],
        },
    }


def test_a_rule_of_a_policy_may_have_little_to_say() -> None:
    bare = changed(card("acme"), reason="", help="", markdown="", security_severity="")
    bare = changed(bare, summary="a" * 1025)
    (rule,) = run_of(report(cards=lambda: {"acme": bare}))["tool"]["driver"]["rules"]
    assert rule["shortDescription"] == rule["fullDescription"] == {"text": "a" * 1023 + "…"}
    assert rule["help"] == {"text": "a" * 1025}
    assert "security-severity" not in rule["properties"]


def test_a_finding_about_nothing_in_particular_has_no_logical_location() -> None:
    (location,) = result_of(finding(account=None, key=None))["locations"]
    assert "logicalLocations" not in location


def test_a_finding_whose_rule_has_no_card_has_no_index() -> None:
    assert "ruleIndex" not in result_of(finding(), cards=dict)


@pytest.mark.parametrize(
    ("location", "region"),
    [
        (Location("okx-keys.yaml", 5, 26, 5, 34), (5, 26, 5, 34)),
        (Location("okx-keys.yaml", 6, 5, 8, 20), (6, 5, 6, 18)),
        (Location("okx-keys.yaml", 6, 19, 7, 1), (6, 19, 6, 19)),
        (Location("okx-keys.yaml", 9, 1, 9, 1), (9, 1, 9, 1)),
        (Location("okx-keys.yaml", 12, 3, 13, 1), (12, 3, 12, 3)),
        (Location("gone.yaml", 6, 5, 8, 20), (6, 5, 6, None)),
    ],
)
def test_a_region_is_on_one_line(
    location: Location, region: tuple[int, int, int, int | None]
) -> None:
    result = result_of(finding(location=location))
    assert region_of(result["locations"][0]) == region


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("okx keys/ü#?.yaml", "okx%20keys/%C3%BC%23%3F.yaml"),
        ("a\udcff\\b.yaml", "a%FF%5Cb.yaml"),
        ("c:/x.yaml", "c%3A/x.yaml"),
        ("100%/[x].yaml", "100%25/%5Bx%5D.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
        ("new\nline\x1b.yaml", "new%0Aline%1B.yaml"),
    ],
)
def test_a_path_is_a_relative_uri(path: str, uri: str) -> None:
    (location,) = result_of(finding(location=Location(path)))["locations"]
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": uri, "uriBaseId": "%SRCROOT%"}


OUTSIDE = Location("/srv/shared/a b.yaml")


@pytest.mark.parametrize(
    "outside",
    [
        finding(location=OUTSIDE),
        finding(related=(Related(OUTSIDE, "the other"),)),
        finding(waiver=changed(GRANT, path=OUTSIDE.path)),
    ],
    ids=["place", "related", "waiver"],
)
def test_a_path_outside_the_repository_is_relative_to_the_file_system(outside: Finding) -> None:
    run = run_of(report(outside), show_waived=True)
    expected = {"uri": "srv/shared/a%20b.yaml", "uriBaseId": "FILESYSTEM"}
    assert json.dumps(expected, separators=(",", ":")) in sarif(report(outside), show_waived=True)
    assert run["originalUriBaseIds"]["FILESYSTEM"] == {"uri": "file:///"}


def test_fingerprints() -> None:
    result = result_of(finding())
    line_hash = git_line_hashes(MANIFEST)[5]
    assert result["partialFingerprints"] == {
        "okxlint/v1": "f00d:1",
        "primaryLocationLineHash": line_hash,
    }


@pytest.mark.parametrize("location", [Location("gone.yaml", 5), Location("okx-keys.yaml", 99)])
def test_a_line_that_nobody_can_read_has_no_hash(location: Location) -> None:
    fingerprints = result_of(finding(location=location))["partialFingerprints"]
    assert fingerprints == {"okxlint/v1": "f00d:1"}


def test_the_hashes_of_a_file_are_computed_once() -> None:
    asked = []
    lines = excerpt_of(MANIFEST)

    def hashes() -> Mapping[int, str]:
        asked.append(1)
        return lines.line_hashes()

    found = [finding(location=Location("okx-keys.yaml", line)) for line in range(1, 9)]
    sarif(report(*found, excerpts={"okx-keys.yaml": Excerpt(lines.line, hashes)}))
    assert len(asked) == 1


def two_on_a_line(**changes: Any) -> tuple[Finding, Finding]:
    first = finding(
        severity=WARNING,
        message="key 'treasury' holds trade",
        location=Location("okx-keys.yaml", 5, 19, 5, 24),
        value="trade",
        fingerprint="b:1",
        **changes,
    )
    return first, changed(finding(message="key 'treasury' holds withdraw"), fingerprint="a:1")


def test_findings_of_one_rule_on_one_line_are_one_result_that_tells_them_all() -> None:
    result = result_of(*two_on_a_line(app="grid-bot"))
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        f"key 'treasury' holds trade. key 'treasury' holds withdraw. {HELP}"
    )
    assert region_of(result["locations"][0]) == (5, 19, 5, 34)
    assert [told["value"] for told in result["properties"]["findings"]] == ["trade", "withdraw"]
    kinds = [each["kind"] for each in result["locations"][0]["logicalLocations"]]
    assert kinds == ["account", "key", "app"]


def test_their_fingerprint_is_that_of_all_of_them_in_any_order() -> None:
    first, second = two_on_a_line()
    joined = result_of(first, second)["partialFingerprints"]["okxlint/v1"]
    assert joined not in ("a:1", "b:1")
    swapped = (changed(first, fingerprint="a:1"), changed(second, fingerprint="b:1"))
    assert result_of(*swapped)["partialFingerprints"]["okxlint/v1"] == joined
    third = changed(second, fingerprint="c:1")
    assert result_of(first, second, third)["partialFingerprints"]["okxlint/v1"] != joined


def test_other_rules_lines_and_files_stay_apart() -> None:
    results = results_of(
        report(
            finding(location=Location("a.yaml", 1)),
            finding("max-age", location=Location("a.yaml", 1)),
            finding(location=Location("a.yaml", 2)),
            finding(location=Location("b.yaml", 1)),
        )
    )
    assert len(results) == 4


def test_related_places_of_merged_findings_are_told_once_each() -> None:
    one, two = (Related(Location("a.yaml", line), f"key {line}") for line in (1, 2))
    first, second = two_on_a_line(related=(one,))
    result = result_of(first, changed(second, related=(one, two)))
    places = result["relatedLocations"]
    assert [(place["id"], place["message"]["text"]) for place in places] == [
        (1, "key 1"),
        (2, "key 2"),
    ]
    assert "See [key 1](1), [key 2](2). Create" in result["message"]["text"]


def test_a_manifest_on_one_line_makes_no_endless_message() -> None:
    found = [
        finding(
            location=Location("okx-keys.yaml", 1, column, 1, column + 1),
            message=f"entry {column}",
            value=str(column),
            key=f"key {column}",
            related=(Related(Location("a.yaml", column), f"see {column}"),),
        )
        for column in range(1, 1201)
    ]
    result = result_of(*found)
    text = result["message"]["text"]
    assert "entry 100. And 1,100 more. See [see 1](1)," in text
    assert "[see 10](10). Create" in text
    assert len(result["relatedLocations"]) == 100
    assert len(result["properties"]["findings"]) == 1200


def test_results_are_in_the_order_of_reports() -> None:
    places = [("a.yaml", 1, 3), ("a.yaml", 2, 1), ("b.yaml", 1, 1)]
    found = [finding(location=Location(path, line, column)) for path, line, column in places]
    waived = finding("demo-first", location=Location("a.yaml", 1, 5), waiver=GRANT)
    results = results_of(report(*found, waived=(waived,)), show_waived=True)
    told = [(uri_of(r["locations"][0]), region_of(r["locations"][0])[:2]) for r in results]
    assert told == [
        ("a.yaml", (1, 3)),
        ("a.yaml", (1, 5)),
        ("a.yaml", (2, 1)),
        ("b.yaml", (1, 1)),
    ]


def test_waived_findings_are_left_out() -> None:
    (result,) = results_of(report(finding(), waived=(finding("max-age", waiver=GRANT),)))
    assert result["ruleId"] == "no-withdraw"
    assert "suppressions" not in result


def test_shown_waived_findings_are_suppressed_and_all_others_are_not() -> None:
    inside = changed(GRANT, reason=None, approved_by=None, expires=None, path="okx-keys.yaml")
    open_one, waived, waived_here = results_of(
        report(
            finding(),
            waived=(
                finding(waiver=GRANT),
                finding("no-withdraw", location=Location("okx-keys.yaml", 6), waiver=inside),
            ),
        ),
        show_waived=True,
    )
    assert open_one["suppressions"] == []
    (suppression,) = waived["suppressions"]
    assert suppression["kind"] == "external"
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == (
        "paid out each month, approved by s@example.com, until 2026-12-31"
    )
    assert uri_of(suppression["location"]) == "okxlint.yaml"
    assert waived_here["suppressions"][0]["kind"] == "inSource"
    assert waived_here["suppressions"][0]["justification"] == "no reason given"


def undeclared(label: str, **changes: Any) -> Finding:
    at = Location("okx-keys.yaml", 4, 14, 4, 18)
    made = finding("live-declared", value=label, key=None, location=at)
    return changed(made, **changes)


def test_each_undeclared_live_key_is_an_alert_of_its_own() -> None:
    results = results_of(report(undeclared("bot a"), undeclared("bot/b")))
    assert [uri_of(result["locations"][0]) for result in results] == [
        "okx-live/main/bot%20a",
        "okx-live/main/bot%252Fb",
    ]
    for result in results:
        assert region_of(result["locations"][0]) == (1, 1, 1, 1)
        (account,) = result["relatedLocations"]
        assert uri_of(account) == "okx-keys.yaml"
        assert region_of(account) == (4, 14, 4, 18)
        assert "See [account 'main'](1)." in result["message"]["text"]
        assert "primaryLocationLineHash" not in result["partialFingerprints"]


def test_an_undeclared_key_of_an_account_in_no_file_has_no_related_place() -> None:
    at = Location(live_path("main", "x"))
    assert "relatedLocations" not in result_of(undeclared("x", location=at))


def test_live_paths_never_leave_their_folder_and_never_meet() -> None:
    hostile = ["", ".", "..", "...", "%", "%..", "a/b", "a%2Fb", "a\\b", "../../etc", "%25.."]
    paths = [live_path(account, label) for account in hostile for label in hostile]
    assert len(set(paths)) == len(hostile) ** 2
    for path in paths:
        folder, account, label = path.split("/")
        assert folder == "okx-live"
        assert account.strip(".")
        assert label.strip(".")
        assert "\\" not in path


@pytest.mark.parametrize(
    ("category", "coverage", "told"),
    [
        ("desk-a", (), "desk-a/"),
        ("desk-a/", (), "desk-a/"),
        ("desk-a", (("main", "complete", 1),), "desk-a/"),
        (None, (("main", "complete", 1),), "okxlint-live/"),
    ],
)
def test_categories(category: str | None, coverage: tuple[Any, ...], told: str) -> None:
    run = run_of(report(coverage=coverage), category=category)
    assert run["automationDetails"] == {"id": told}


def test_what_is_unknown_is_a_notification_that_fails_no_upload() -> None:
    unknown = (
        Unknown("failed-account", "account 'a' could not be read", "a"),
        Unknown("unreadable", "b.yaml cannot be read"),
    )
    (invocation,) = run_of(report(unknown=unknown))["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["toolExecutionNotifications"] == [
        {
            "message": {"text": "account 'a' could not be read"},
            "level": "warning",
            "descriptor": {"id": "failed-account"},
            "properties": {"account": "a"},
        },
        {
            "message": {"text": "b.yaml cannot be read"},
            "level": "warning",
            "descriptor": {"id": "unreadable"},
        },
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[x](1)", r"\[x\](1)."),
        (r"[x\](https://example.com)", r"\[x\\\](https://example.com)."),
        (r"\[x](1)", r"\\\[x\](1)."),
        ("needs [trade] (not all)", "needs [trade] (not all)."),
        (r"a\x1bb", r"a\x1bb."),
        ("is it?", "is it?"),
    ],
)
def test_nothing_of_an_input_becomes_a_link(text: str, told: str) -> None:
    related = (Related(Location("a.yaml"), text),)
    result = result_of(finding(message=text, related=related, help=text))
    escaped = told.removesuffix(".")
    link = re.sub(r"[\[\]\\]", r"\\\g<0>", text)
    assert result["message"]["text"] == " ".join((told, f"See [{link}](1).", told))
    assert result["relatedLocations"][0]["message"]["text"] == escaped


def test_hostile_names_stay_inside_their_strings() -> None:
    hostile = '"}],"results":[]\\u0000 \u2028</script> \U0001f511'
    made = report(
        finding(message=hostile, account=hostile, key=hostile, value=hostile),
        unknown=(Unknown("failed-account", hostile, hostile),),
        policy_source="\udcff\n.yaml",
    )
    text = sarif(made)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    run = run_of(made)
    assert run["results"][0]["properties"]["findings"][0]["key"] == hostile
    assert run["properties"]["policy"] == r"\udcff\x0a.yaml"


def many(count: int) -> list[Finding]:
    severities = (INFO, WARNING, ERROR)
    return [
        finding(
            severity=severities[number % 3],
            location=Location("okx-keys.yaml", number + 1, 1, number + 1, 5),
            fingerprint=f"{number}:1",
        )
        for number in range(count)
    ]


def lines_and_levels(log: str) -> list[tuple[int, str]]:
    (run,) = json.loads(log)["runs"]
    return [(region_of(r["locations"][0])[0], r["level"]) for r in run["results"]]


def test_as_many_results_as_code_scanning_keeps_stand_in_order() -> None:
    lines = [line for line, _ in lines_and_levels(sarif(report(*many(5_000))))]
    assert lines == list(range(1, 5_001))


def test_of_more_the_most_severe_come_first() -> None:
    told = lines_and_levels(sarif(report(*many(5_001))))
    rank = ("error", "warning", "note")
    assert told == sorted(told, key=lambda each: (rank.index(each[1]), each[0]))
    assert [level for _, level in told[::1667]] == ["error", "warning", "note"]


def test_waived_ones_come_after_all_others() -> None:
    waived = [changed(each, severity=ERROR, waiver=GRANT) for each in many(10)]
    log = json.loads(sarif(report(*many(5_000), waived=tuple(waived)), show_waived=True))
    suppressed = [bool(result["suppressions"]) for result in log["runs"][0]["results"]]
    assert suppressed == [False] * 5_000 + [True] * 10


@pytest.mark.parametrize(("count", "left_out"), [(25_000, None), (26_003, "1,003")])
def test_more_than_code_scanning_takes_are_counted(count: int, left_out: str | None) -> None:
    (run,) = json.loads(sarif(report(*many(count))))["runs"]
    assert len(run["results"]) == 25_000
    notifications = run["invocations"][0].get("toolExecutionNotifications", [])
    assert [each["level"] for each in notifications] == ["warning"] * (left_out is not None)
    assert [each["message"]["text"].split()[0] for each in notifications] == (
        [left_out] if left_out else []
    )
    run["results"] = run["results"][:3]
    assert list(validator().iter_errors({"version": "2.1.0", "runs": [run]})) == []


class Discard(io.StringIO):
    """Takes a text and keeps nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        self.length = 0
        self.longest = 0

    def write(self, text: str) -> int:
        self.length += len(text)
        self.longest = max(self.longest, len(text))
        return len(text)


def test_results_are_written_one_by_one() -> None:
    made = report(*many(4_000))
    stream = Discard()
    tracemalloc.start()
    writer("sarif")(made, stream, View())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stream.longest < stream.length / 1_000
    assert peak < stream.length


def test_equal_reports_give_equal_bytes() -> None:
    first = sarif(readable_report(), show_waived=True)
    assert first == sarif(readable_report(), show_waived=True)


def test_the_standards_name_of_a_suppressions_status() -> None:
    suppression = sarif_om.Suppression(kind="external", state="accepted")
    assert plain(suppression) == {"kind": "external", "status": "accepted"}


def test_what_sarif_assumes_is_not_written_but_levels_are() -> None:
    result = sarif_om.Result(message=sarif_om.Message(text="x"), kind="fail", rank=-1.0)
    assert plain(result) == {"message": {"text": "x"}, "level": "warning"}
    run = sarif_om.Run(tool=sarif_om.Tool(driver=sarif_om.ToolComponent(name="t")))
    assert plain(run) == {"tool": {"driver": {"name": "t"}}}
