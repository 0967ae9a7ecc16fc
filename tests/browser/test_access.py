"""Pages for everybody: no violation found by axe-core, keyboard only, phone width, both languages, no foreign host."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from orchestrator import api as engine
from portal.applications import reviewing
from tests.browser.conftest import DESK, PHONE, Opened, collect, open_task, user

pytestmark = pytest.mark.browser

AXE = Path(os.environ.get("AXE_CORE", Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES_OF_AN_ACCOUNTANT = (
    "/",
    "/cases/{number}/",
    "/cases/{number}/correct/",
    "/cases/{number}/withdraw/",
    "/apply/transfer_in/",
    "/apply/transfer_in/form/",
    "/apply/transfer_in/check/",
)
PAGES_OF_STAFF = (
    ("bj-chaoyang-1", "/inbox/?rows=roomy"),
    ("bj-chaoyang-1", "/inbox/?number=nothing"),
    ("bj-chaoyang-1", "/inbox/{task}/"),
    ("bj-chaoyang-1", "/cases/{number}/"),
    ("bj-chaoyang-1", "/inbox/999999/"),
    ("analyst", "/processes/"),
    ("analyst", "/processes/deploy/"),
    ("operator", "/incidents/"),
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PAGES_OF_AN_ACCOUNTANT)
def test_an_accountants_page_is_accessible_and_fits_a_phone(opened: Opened, path: str, language: str) -> None:
    case = _returned("bj-acct-1")

    page = opened("bj-acct-1", path.format(number=case), viewport=PHONE, language=language)

    assert _violations(page) == []
    assert _width(page) <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("username", "path"), PAGES_OF_STAFF)
def test_a_page_of_staff_is_accessible(opened: Opened, username: str, path: str, scheme: str) -> None:
    case = collect("bj-acct-1")
    address = path.format(number=case.number, task=open_task(case))

    page = opened(username, address, color_scheme=scheme)

    assert _violations(page) == []
    assert _width(page) <= DESK["width"]


def test_signing_in_is_accessible_and_names_the_people_of_the_demonstration(opened: Opened) -> None:
    page = opened("", "/login/", viewport=PHONE)

    expect(page.get_by_role("button", name="bj-chaoyang-1")).to_be_visible()
    assert _violations(page) == []
    assert _width(page) <= PHONE["width"]


def test_the_case_page_answers_its_four_questions_without_scrolling(opened: Opened) -> None:
    case = _returned("bj-acct-1")

    page = opened("bj-acct-1", f"/cases/{case}/", viewport=PHONE)

    terms = page.locator(".four dt")
    expect(terms).to_have_text(["办到哪里", "轮到谁办", "到什么时候", "联系电话"])
    expect(terms.last).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="010-")).to_be_in_viewport(ratio=1)


def test_a_reviewer_finds_opens_and_returns_a_case_by_keyboard(opened: Opened) -> None:
    first, second = collect("bj-acct-1", days_ago=2), collect("bj-acct-2", days_ago=1)
    page = opened("bj-chaoyang-1", "/inbox/")

    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_contain_text(second.number)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("c")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text(f"{second.number} 已退回补正")
    expect(page.get_by_role("heading", level=1)).to_contain_text(first.number)


def test_forty_rows_fit_the_screen_of_a_reviewer(opened: Opened) -> None:
    case = collect("bj-acct-1")
    page = opened("bj-chaoyang-1", "/inbox/")

    top = page.locator("tbody tr").first.bounding_box()

    assert case.number in page.content()
    assert top is not None
    assert top["y"] + 40 * top["height"] <= DESK["height"]


def test_keys_can_be_turned_off(opened: Opened) -> None:
    collect("bj-acct-1")
    page = opened("bj-chaoyang-1", "/inbox/")

    page.keyboard.press("?")
    page.get_by_label("启用快捷键").uncheck()
    page.get_by_role("button", name="关闭").click()
    page.keyboard.press("j")

    expect(page.locator("[data-row] a")).not_to_be_focused()


def test_the_diagram_shows_where_the_case_stands(opened: Opened) -> None:
    case = collect("bj-acct-1")
    page = opened("bj-chaoyang-1", f"/inbox/{open_task(case)}/")

    page.keyboard.press("d")

    expect(page.locator("[data-diagram-state=shown]")).to_be_visible()
    expect(page.locator(".diagram-current")).to_contain_text("区县财政部门")


def test_a_question_appears_as_soon_as_its_answer_is_given(opened: Opened) -> None:
    page = opened("gd-acct-1", "/apply/collection/work/")
    expect(page.get_by_label("工作单位名称")).to_have_count(0)

    page.get_by_label("非会计工作岗位").check()

    expect(page.get_by_label("工作单位名称")).to_be_visible()
    expect(page.get_by_label("非会计工作岗位")).to_be_focused()


def test_nothing_is_loaded_from_elsewhere_and_no_rule_of_the_browser_is_broken(opened: Opened) -> None:
    case = collect("bj-acct-1")
    page = opened("bj-chaoyang-1", "/inbox/")
    asked: list[str] = []
    said: list[Any] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"/inbox/{open_task(case)}/")
    page.keyboard.press("d")
    expect(page.locator("[data-diagram-state=shown]")).to_be_visible()

    here = page.url.split("/inbox/")[0]
    assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []
    assert said == []


def _returned(username: str) -> str:
    case = collect(username)
    reasons = [
        {"code": "unclear", "item": "portrait", "text": "图片不清晰"},
        {"code": "wrong", "item": "school", "text": ""},
    ]
    reviewing.decide(open_task(case), by=user("bj-chaoyang-1"), outcome="return", reasons=reasons, now=engine.now())
    return case.number


def _violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [json.dumps([each["id"], [node["html"][:150] for node in each["nodes"]]]) for each in found]


def _width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
