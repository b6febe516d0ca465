"""What each person of the second scheme's journey does in the browser: one function per sitting."""

import re

from playwright.sync_api import expect

from tests.builders import PASSWORD
from tests.whu import NATIONAL

CONTEST = "全国大学生数学建模竞赛"
TITLE = "全国大学生数学建模竞赛一等奖"
METHOD_REASON = "三人分工相当，按人数均分。"
OPINION = "获奖证书与排位属实。"
OBJECTION = "公示的名单中应再核对团队人数。"
ANSWER = "经核对报名表，团队为三人，维持原结果。"
NUMBER = "武大本字〔2026〕88号"
OFFSET_NUMBER = "武大本字〔2026〕99号"


class Stage:
    """The browser in which everybody sits in turn, and the check that every page passes on the way."""

    def __init__(self, page, address, sign_in, check):
        self.page, self.address, self.sign_in, self._check = page, address, sign_in, check

    def seat(self, person, path="/"):
        """Let a person sit down at a page; nobody is an anonymous visitor."""
        self.page.goto("about:blank")  # a page that looks for news would ask as the next person
        self.page.context.clear_cookies()
        if person is not None:
            self.sign_in(person)
        self.go(path)

    def go(self, path):
        """Open a page and look at it."""
        self.page.goto(f"{self.address}{path}")
        self.look()

    def look(self):
        """Hold the page as it stands to what every page keeps: accessible, no wider than the window."""
        self._check()

    def press(self, name, *, role="button"):
        """Press what bears the name, and look at what comes."""
        self.page.get_by_role(role, name=re.compile(name)).first.click()
        self.look()

    def paper(self, name):
        """Return the bytes of the document that a link of the page leads to."""
        link = self.page.get_by_role("link", name=name)
        answer = self.page.request.get(f"{self.address}{link.get_attribute('href')}")
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()

    def see(self, *texts):
        """Expect these texts on the page."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)


def lead_signs_in(stage, lead):
    """Sign in by the form, from the page that was wanted."""
    stage.go("/claims/new/")
    stage.page.fill("[name=username]", lead.person.number)
    stage.page.fill("[name=password]", PASSWORD)
    stage.page.press("[name=password]", "Enter")
    stage.page.wait_for_url("**/claims/new/")
    stage.look()


def lead_picks_from_the_library(stage, entry):
    """Find the competition by the initials of its name, and take it: its level comes along."""
    page = stage.page
    page.click("a[href*='category=competition']")
    page.get_by_role("searchbox", name="在创新成果库中搜索").fill("sxjm")
    page.get_by_role("button", name=re.compile(f"选用.*{entry.name}")).click()
    chosen = page.locator("[data-library-chosen]")
    expect(chosen).to_contain_text(NATIONAL)
    stage.look()


def lead_fills_in(stage, certificate):
    """State the award; what a team is asked appears once it is a team; keep the draft."""
    page = stage.page
    expect(page.locator("[name=fact_team_size]")).to_have_count(0)
    page.select_option("[name=fact_award]", label="一等奖")
    page.select_option("[name=fact_form]", label="团队")
    page.fill("[name=fact_team_size]", "3")
    page.fill("[name=fact_rank]", "1")
    page.fill("[name=fact_year]", "2024")
    page.fill("[name=fact_awarded_on]", "2024-06-01")
    page.get_by_label("第一作者单位（完成单位）是武汉大学").check()
    page.fill("[name=content]", TITLE)
    page.click("[data-adopt='6.5']")
    expect(page.locator("[name=claimed_points]")).to_have_value("6.5")
    page.set_input_files("#id_files_certificate", certificate)
    page.wait_for_selector("#files-certificate .file")
    stage.look()
    page.click(".acts-bar button[value=save]")
    page.wait_for_load_state("networkidle")


def lead_names_the_mates(stage, mates):
    """Write the team sheet: a rank beyond the team is told beside the line, and what was typed stays."""
    page = stage.page
    page.get_by_role("button", name="填写成员").click()
    stage.look()
    for place, mate in enumerate(mates):
        if place:
            page.get_by_role("button", name="添加成员").click()
        page.fill(f"[name=mates-{place}-rank]", str(place + 3))
        page.fill(f"[name=mates-{place}-number]", mate.person.number)
        page.fill(f"[name=mates-{place}-name]", mate.person.name)
    page.get_by_role("button", name="保存并请成员确认").click()
    stage.see("排位 4 超出团队人数 3。")
    stage.look()
    for place in range(len(mates)):
        page.fill(f"[name=mates-{place}-rank]", str(place + 2))
    page.get_by_role("button", name="保存并请成员确认").click()
    stage.see(*(mate.person.name for mate in mates))
    stage.look()


def lead_submits(stage):
    """Hand the claim in and read the receipt."""
    stage.page.click(".acts-bar button[value=submit]")
    stage.page.wait_for_url("**/receipt/")
    stage.look()


def mate_confirms(stage, mate):
    """Come by the first page, read what the lead states, and confirm."""
    stage.seat(mate.person, "/my/")
    stage.go("/teams/")
    stage.press("查看并确认", role="link")
    stage.see(TITLE)
    stage.press("确认属实")
    stage.see("已答复")
    stage.go("/claims/")
    stage.see(TITLE, "审核中")


def college_gives_its_opinion(stage, secretary):
    """Choose how the team shares, with the reason, and pass the claim with an opinion and no points."""
    page = stage.page
    stage.seat(secretary, "/desk/")
    stage.press("开始审核", role="link")
    stage.see(TITLE)
    expect(page.get_by_label("认定学分")).to_have_count(0)
    page.locator("summary", has_text="确定团队计分方式").click()
    page.locator("[name=method]").select_option(label="按人数均分")
    page.get_by_role("button", name="确定计分方式").click()
    stage.see("理由：请填写。")
    page.locator("[name=method_reason]").fill(METHOD_REASON)
    page.get_by_role("button", name="确定计分方式").click()
    stage.look()
    stage.see("按人数均分", METHOD_REASON)
    page.get_by_label("意见或理由").fill(OPINION)
    stage.press("^通过")
    expect(page.get_by_role("heading", name="全部审核完毕")).to_be_visible()


def college_delivers(stage, secretary):
    """Give the college's word that its first review is done."""
    stage.page.once("dialog", lambda dialog: dialog.accept())
    stage.seat(secretary, "/desk/")
    stage.press("报送$")
    stage.see("已报送")


def office_collates(stage, office):
    """See what has been delivered and pass it on."""
    stage.seat(office, "/office/collation/")
    stage.see("1 / 1 个学院已报送")
    stage.press("转入评审 1 条", role="link")
    stage.press("确认通过 1 条")


def office_assigns(stage, office, experts):
    """Let the portal deal the claim to three experts, and confirm what it proposes."""
    stage.seat(office, "/desk/assigning/")
    stage.press("自动分配", role="link")
    stage.see(*(expert.name for expert in experts))
    stage.press("确认分配 3 个任务")


def expert_scores(stage, expert, score, others):
    """Score inside the range; the two others' scores are nowhere to be seen."""
    page = stage.page
    stage.seat(expert, "/desk/experts/")
    stage.press("开始评分", role="link")
    stage.see("5–7" if page.viewport_size["width"] < 500 else "5.0–7.0", OPINION, METHOD_REASON)
    for name in others:
        expect(page.locator("main")).not_to_contain_text(name)
    page.locator("[name=score]").fill("7.5")
    expect(page.locator("[data-outside]")).to_be_visible()
    page.get_by_role("button", name=re.compile("提交评分")).click()
    stage.see("评分应在 5 到 7 之间。")
    stage.look()
    page.locator("[name=score]").fill(score)
    page.get_by_label("评审意见").fill("方案完整。")
    stage.press("提交评分")
    stage.see("全部评完")


def office_calls_a_meeting(stage, office, members):
    """Call the committee, put the claim on its agenda, and open the meeting."""
    page = stage.page
    stage.seat(office, "/desk/committee/meetings/")
    stage.press("新建会议", role="link")
    page.get_by_label("会议名称").fill("创新学分评审委员会第一次会议")
    page.get_by_label("地点").fill("行政楼 301")
    page.get_by_label("主持人").select_option(label=str(members[0]))
    stage.press("^保存")
    stage.press("列入议题", role="link")
    page.get_by_role("checkbox", name=TITLE).check()
    stage.press("列入议程|列入所选|列入")
    stage.press("开始会议", role="link")
    for member in members:
        page.get_by_role("checkbox", name=member.name).check()
    stage.press("^开始会议")
    stage.see(TITLE)


def member_votes(stage, member, ballot):
    """Come by the list of meetings, read the item, and vote."""
    stage.seat(member, "/desk/committee/meetings/")
    stage.press("创新学分评审委员会第一次会议", role="link")
    stage.press(TITLE, role="link")
    stage.press(f"^{ballot}$")
    stage.see(f"您已投：{ballot}")


def office_enters_the_decision(stage, office):
    """Let the experts' result stand by the votes, close the meeting, and return its minutes as they print."""
    stage.seat(office, "/desk/committee/meetings/")
    stage.press("创新学分评审委员会第一次会议", role="link")
    stage.press(TITLE, role="link")
    stage.see("同意 2 · 不同意 1 · 弃权 0 · 回避 0", "6.5")
    stage.press("确认认定")
    stage.go("/desk/committee/meetings/")
    stage.press("创新学分评审委员会第一次会议", role="link")
    stage.press("结束会议", role="link")
    stage.press("结束并封存纪要")
    return stage.paper("会议纪要")


def office_publicises(stage, office, title, *, lines):
    """Draw a list up of what waits, read what everybody will read, and publish it."""
    stage.seat(office, "/office/publicity/")
    stage.press("新建公示", role="link")
    stage.page.get_by_label("标题").fill(title)
    stage.press("下一步：核对名单")
    stage.press(f"^发布 {lines} 条")
    stage.see("公示中")


def visitor_reads(stage, title, people, *, score):
    """Read the list without an account: names and masked numbers, nothing else of a person."""
    stage.seat(None, "/publicity/")
    stage.press(title, role="link")
    page = stage.page
    text = page.content()
    for person in people:
        assert person.name in text
        assert person.number not in text
        assert f"{person.number[:4]}***" in text
    stage.see(score)
    assert page.locator("meta[name=robots]").get_attribute("content").startswith("noindex")


def visitor_finds_nothing_more(stage, row, people):
    """Come back after the period: the list is gone from its own address and from the index."""
    stage.seat(None, "/publicity/")
    stage.see("目前没有公示")
    answer = stage.page.request.get(f"{stage.address}/publicity/{row.code}/")
    assert answer.status == 404
    assert not any(person.name in answer.text() for person in people)


def somebody_objects(stage, person, title, *, position, picture):
    """Object to one line with the reason and a file, and read the ticket."""
    stage.seat(person, "/publicity/")
    stage.press(title, role="link")
    stage.press(f"提出异议.*第 {position} 条", role="link")
    stage.page.get_by_label("异议理由").fill(OBJECTION)
    stage.page.set_input_files("[name=files]", picture)
    stage.press("提交异议")
    stage.see(OBJECTION, "待处理")


def office_rejects_the_objection(stage, office, objector):
    """Read the ticket, whose author only the office learns, and keep the result."""
    page = stage.page
    stage.seat(office, "/office/objections/")
    stage.see(objector.name)
    page.locator("main table a").first.click()
    stage.see(OBJECTION, objector.name)
    stage.look()
    page.get_by_label("异议不成立，维持原结果").check()
    page.get_by_label("处理意见").fill(ANSWER)
    stage.press("^办结")
    stage.see("异议不成立")


def objector_reads_the_answer(stage, person):
    """Find the answer among the own objections."""
    stage.seat(person, "/objections/")
    stage.page.locator("main table a").first.click()
    stage.see(ANSWER)
    stage.look()


def office_issues_the_notice(stage, office, title, number, *, lines):
    """Issue the formal notice over the list whose period is over."""
    stage.seat(office, "/office/publicity/")
    stage.press(title, role="link")
    stage.press("^发文$", role="link")
    stage.page.get_by_label("文号").fill(number)
    stage.press(f"发文，{lines} 条生效")


def office_prints_the_notice(stage, office, title):
    """Return the notice of a list as it prints, once it is in effect."""
    stage.seat(office, "/office/publicity/")
    stage.press(title, role="link")
    stage.see("已生效")
    return stage.paper("发文 PDF")


def student_reads_the_credits(stage, student, points):
    """Read the total, why it is so, and under which notice it stands."""
    page = stage.page
    stage.seat(student, "/points/")
    expect(page.locator(".tile").first).to_contain_text(points)
    page.locator(".explain summary").first.click()
    expect(page.locator(".steps").first).to_contain_text("按人数均分")
    stage.look()
    stage.press(TITLE, role="link")
    stage.see("审核通过", NUMBER)


def student_offsets(stage, student, course):
    """Use a part of the record for a course of the own plan: less than it wants is told, then it is handed in."""
    page = stage.page
    stage.seat(student, "/conversion/")
    stage.press(f"申请.*{course}", role="link")
    page.locator("[name^=points_]").fill("1.5")
    expect(page.locator("#reckoning")).to_contain_text("还差 0.5")
    page.locator("[name^=points_]").fill("2")
    expect(page.locator("#reckoning")).to_contain_text("合计正好")
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_label("email").fill("lin@example.org")
    page.get_by_label("申请理由").fill("竞赛内容与课程目标一致。")
    stage.look()
    stage.press("核对并提交")
    stage.press("确认提交")
    expect(page.get_by_role("heading", level=1)).to_contain_text("审核中")


def reviewer_passes_the_offset(stage, reviewer, remark):
    """Pass the first offset of the queue, with a remark."""
    stage.seat(reviewer, "/desk/applications/start/")
    stage.page.get_by_label("意见或理由").fill(remark)
    stage.press("^通过")
    expect(stage.page.get_by_role("heading", name="全部审核完毕")).to_be_visible()


def student_reads_the_offset(stage, student):
    """Read the course as it stands in the end, and return its form as it prints."""
    stage.seat(student, "/my/")
    stage.go("/conversion/")
    stage.press("^查看", role="link")
    stage.see("冲抵", OFFSET_NUMBER)
    return stage.paper("打印申请表")
