"""A case from return to approval, as its reviewer and its applicant live it in the browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from orchestrator import api as engine
from portal.applications.services import find_case
from tests.browser.conftest import PHONE, Opened, collect, open_task, picture

pytestmark = pytest.mark.browser


def test_a_returned_case_is_corrected_without_javascript_and_approved(opened: Opened) -> None:
    case = collect("bj-acct-1")

    _return_with_two_reasons(opened("bj-chaoyang-1", f"/inbox/{open_task(case)}/"))
    _correct(opened("bj-acct-1", "/", java_script_enabled=False, viewport=PHONE))
    _approve(opened("bj-chaoyang-1", f"/inbox/{open_task(case)}/"))

    engine.run_due(engine.now())
    assert find_case(case.number).state == "end_collected"
    page = opened("bj-acct-1", f"/cases/{case.number}/", viewport=PHONE)
    expect(page.get_by_text("信息已采集，档案已建立")).to_be_visible()
    expect(page.get_by_text("周敏")).to_have_count(0)


def _return_with_two_reasons(page: Page) -> None:
    school = page.locator(".answers > div", has=page.get_by_text("毕业学校", exact=True))
    school.locator("summary").click()
    school.get_by_label("与证明材料不一致").check()
    portrait = page.locator("figure", has=page.get_by_text("证件照", exact=True))
    portrait.locator("summary").click()
    portrait.get_by_role("textbox").fill("背景不是白色，请重拍")
    page.get_by_role("button", name="退回补正").click()
    expect(page.get_by_role("status")).to_contain_text("已退回补正")


def _correct(page: Page) -> None:
    page.get_by_role("link", name="现在补正").click()
    expect(page.locator("form").get_by_text("与证明材料不一致")).to_be_visible()
    expect(page.locator("form").get_by_text("背景不是白色，请重拍")).to_be_visible()
    page.get_by_label("毕业学校", exact=True).fill("首都演示大学")
    page.get_by_label("证件照").set_input_files(picture("new"))
    page.get_by_role("button", name="提交补正").click()
    expect(page.get_by_role("status")).to_contain_text("补正已提交")
    expect(page.get_by_text("轮到财政部门办理")).to_be_visible()


def _approve(page: Page) -> None:
    changed = page.locator(".changed")
    expect(changed).to_contain_text("首都演示大学")
    expect(changed).to_contain_text("有改动")
    expect(changed).to_contain_text("演示大学")
    page.get_by_role("button", name="通过 A").click()
    expect(page.get_by_role("status").first).to_contain_text("已通过")


def test_a_person_applies_without_javascript_and_nothing_typed_is_lost(opened: Opened) -> None:
    page = opened("bj-acct-1", "/apply/collection/", java_script_enabled=False, viewport=PHONE)

    page.get_by_role("link", name="开始填写").click()
    page.get_by_label("电子邮箱").fill("someone@example.org")
    page.get_by_role("button", name="保存并继续").last.click()
    expect(page.get_by_role("alert")).to_contain_text("请填写：民族")
    expect(page.get_by_label("电子邮箱")).to_have_value("someone@example.org")
    page.get_by_label("民族").select_option(label="汉族")
    page.get_by_label("群众").check()
    page.get_by_role("button", name="保存并继续").last.click()
    _fill_education(page)
    _fill_work(page)
    _fill_professional(page)
    page.get_by_role("button", name="保存并继续").last.click()
    _give_files(page)
    _submit(page)

    expect(page.locator(".receipt .number")).to_have_text(re.compile(r"^BJCJ\d{14}$"))
    expect(page.get_by_text("北京市朝阳区财政局正在审核")).to_be_visible()


def _fill_education(page: Page) -> None:
    full_time = page.locator("form")
    full_time.get_by_label("最高学历（全日制）").select_option(label="大学本科")
    page.locator("#q-degree").get_by_label("学士").check()
    page.locator("#q-graduated_on").fill("2008-07-01")
    page.locator("#q-major").fill("会计学")
    page.locator("#q-school").fill("演示大学")
    page.get_by_role("button", name="保存并继续").last.click()


def _fill_work(page: Page) -> None:
    page.get_by_label("会计工作岗位", exact=True).check()
    page.get_by_label("单位所在地").check()
    page.get_by_label("行政区划").select_option(label="朝阳区")
    page.get_by_role("button", name="保存并继续").last.click()
    expect(page.get_by_text("根据您的回答，下面增加了几个问题")).to_be_visible()
    page.locator("#q-accounting_post").select_option(index=1)
    page.locator("#q-administrative_post").get_by_label("一般会计人员").check()
    page.locator("#q-accounting_since").fill("2009-01-01")
    page.locator("#q-accounting_years").fill("17")
    page.locator("#q-employer_name").fill("演示有限公司")
    page.locator("#q-employer_code").fill("91110000600037341L")
    page.locator("#q-employer_industry").select_option(label="制造业")
    page.locator("#q-employer_economy").select_option(index=1)
    page.locator("#q-employer_address").fill("演示路1号")
    page.locator("#q-employer_phone").fill("010-12345678")
    page.get_by_role("button", name="保存并继续").last.click()


def _fill_professional(page: Page) -> None:
    page.locator("#q-qualified").get_by_label("是").check()
    page.get_by_role("button", name="保存并继续").last.click()
    page.get_by_role("button", name="新增：专业技术资格").click()
    row = page.locator("#q-qualifications .block")
    row.get_by_label("会计类").check()
    row.get_by_label("中级").check()
    row.get_by_label("考试", exact=True).check()
    page.get_by_role("button", name="保存并继续").last.click()


def _give_files(page: Page) -> None:
    page.get_by_label("证件照").set_input_files(picture("wide", width=115))
    for title in ("身份证（人像面）", "身份证（国徽面）", "会计专业技术资格证书", "工作证明（加盖单位公章）"):
        page.get_by_label(title).set_input_files(picture("other", 300, 200))
    page.get_by_role("button", name="保存并继续").last.click()
    expect(page.get_by_role("alert")).to_contain_text("照片应为 114×156 像素，现为 115×156")
    page.get_by_label("证件照").set_input_files(picture("right"))
    page.get_by_role("button", name="保存并继续").last.click()


def _submit(page: Page) -> None:
    expect(page.get_by_text("演示有限公司")).to_be_visible()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("本人承诺所填信息真实、准确、有效").check()
    page.get_by_role("button", name="提交申请").click()
