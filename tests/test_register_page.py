"""The register's page in a real browser: sorted, filtered, opened, printed, and read by axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from okxlint.register.page import write_html
from tests.test_register import HOSTILE, register

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
MANY = 5_000
XSS = HOSTILE.replace("label: treasury", 'label: "<img src=x onerror=document.title=1>"')


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield found
        found.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    with (folder / "register.html").open("w", encoding="utf-8") as stream:
        write_html(register(folder, XSS), stream)
    return folder / "register.html"


def opened(browser: Browser, path: Path, **options: Any) -> tuple[Page, list[str]]:
    """The page, and what it complained of or asked for."""
    page = browser.new_context(**options).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url))
    page.goto(path.as_uri())
    assert said.pop(0) == path.as_uri()
    return page, said


def labels(page: Page) -> list[str]:
    return page.locator(".keys summary:visible").all_inner_texts()


def test_it_asks_for_nothing_and_a_hostile_label_does_nothing(
    browser: Browser, written: Path
) -> None:
    page, said = opened(browser, written)
    assert said == []
    assert page.title() == "OKX key register, 2026-11-22"
    assert page.locator("img").count() == 0
    assert "<img src=x onerror=document.title=1>" in labels(page)


def test_it_sorts(browser: Browser, written: Path) -> None:
    page, _ = opened(browser, written)
    button = page.get_by_role("button", name="age")
    button.click()
    assert labels(page)[0] == "old"
    assert page.locator("th[aria-sort]").all_inner_texts() == ["age"]
    assert page.locator("th[aria-sort=descending]").count() == 1
    button.click()
    assert labels(page)[-1] == "old"
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.get_by_role("button", name="findings").focus()
    page.keyboard.press("Enter")
    assert labels(page)[-1] == "old"  # the only one of which nothing is found


def test_it_filters_by_typing(browser: Browser, written: Path) -> None:
    page, _ = opened(browser, written)
    page.get_by_label("Filter").fill("GRIDBOT01 revoked")
    assert labels(page) == ["old"]
    assert page.get_by_role("status").inner_text() == "1 of 5"
    page.get_by_label("Filter").fill("nothing of the kind")
    assert labels(page) == []
    page.get_by_label("Filter").fill("")
    assert len(labels(page)) == 5


def test_a_key_opens_to_its_findings_and_the_next_step(browser: Browser, written: Path) -> None:
    page, _ = opened(browser, written)
    found = page.locator("details", has_text="gridbot-2026q4").first
    assert not found.get_by_text("Next:").first.is_visible()
    found.locator("summary").focus()
    page.keyboard.press("Enter")
    assert found.get_by_text("Next: Create a key of its own").is_visible()
    assert found.get_by_text("approved by security@example.com").is_visible()


def test_a_key_with_a_schema_error_says_so(browser: Browser, written: Path) -> None:
    page, _ = opened(browser, written)
    row = page.locator(".keys tr", has_text="broken")
    assert row.get_by_text("not judged").is_visible()
    row.locator("summary").click()
    assert row.get_by_text("It has an error of form").is_visible()
    assert row.get_by_text("okx-keys.yaml:24").first.is_visible()


def test_it_prints_with_every_key_opened(browser: Browser, written: Path, tmp_path: Path) -> None:
    page, _ = opened(browser, written)
    page.pdf(path=tmp_path / "register.pdf", format="A4")
    assert (tmp_path / "register.pdf").read_bytes().startswith(b"%PDF")
    # Its addresses, its secret's place and its waivers are evidence, also if nothing is found.
    assert page.locator("details[open]").count() == page.locator("details").count() == 5
    page.emulate_media(media="print")
    assert not page.get_by_label("Filter").is_visible()


def test_nothing_of_it_is_beyond_the_edge_of_a_sheet(browser: Browser, written: Path) -> None:
    # What A4 leaves between margins of 14 mm, at 96 dots an inch.
    sheet: Any = {"width": 688, "height": 980}
    page, _ = opened(browser, written, viewport=sheet)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 688


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_anybody_can_read_it(scheme: Any, width: int, browser: Browser, written: Path) -> None:
    size: Any = {"width": width, "height": 800}
    page, _ = opened(browser, written, viewport=size, color_scheme=scheme, bypass_csp=True)
    page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page).response["violations"]
    serious = [each for each in violations if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in serious] == []


def test_thousands_of_keys_are_all_there(browser: Browser, tmp_path: Path) -> None:
    keys = "".join(
        f"  - {{label: key-{number}, account: sub{number % 100}, permissions: [trade]}}\n"
        for number in range(MANY)
    )
    with (tmp_path / "many.html").open("w", encoding="utf-8") as stream:
        write_html(register(tmp_path, f"version: 1\nkeys:\n{keys}"), stream)
    page, said = opened(browser, tmp_path / "many.html")
    assert page.locator(".keys tbody tr").count() == MANY
    page.get_by_label("Filter").fill("key-4999")
    assert labels(page) == ["key-4999"]
    assert said == []
