"""The whole journey, once, on the real 2024 program, in a real browser: from the open call to the second reminder.

The people use pages only. What the test itself does is move the clock from one published date to the next, read the
mail, and ask the database at the end what the audit trail says.
"""

from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from accounts.services import create_staff
from applications.models import Application
from assessments.models import Assessment
from assessments.selectors import scores
from collaborative.tasks import sweep
from core.models import AuditEntry
from dashboards.services import install_catalog_program
from improvement.models import DataPoint, QuarterlyUpdate
from programs.models import Completion, Enrollment
from tests.browser.keyboard import KeyboardVisitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a password of a synthetic person"
LEADER, COLLEAGUE, STAFF = "leader@journey.example", "colleague@journey.example", "staff@journey.example"
SPONSOR = "sponsor@journey.example"


def on(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)


def sign_up(visitor, letterbox, name: str, email: str) -> None:
    """From the sign-up page, which is open, to whatever the person was on the way to."""
    visitor.fill(name=name, email=email, password1=PASSWORD)
    visitor.press("Create account")
    visitor.fill(code=letterbox.code(email))
    visitor.press("Continue")


def one_time_code(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_the_journey(visitor, letterbox, travel_to):
    install_catalog_program("health-equity-2024")
    travel_to(on(2024, 4, 2, 15))
    # Whoever applies, joins or writes a letter has no mouse.
    leader = visitor(KeyboardVisitor, timezone_id="America/Chicago")
    apply(leader, letterbox)
    colleague = visitor(KeyboardVisitor, color_scheme="dark")
    join(colleague, letterbox)
    submit(leader, letterbox, visitor(KeyboardVisitor))

    travel_to(on(2024, 5, 20, 15))
    staff = visitor(viewport={"width": 1280, "height": 900})
    let_staff_in(staff)
    accept(staff, letterbox)

    travel_to(on(2024, 7, 1, 15))
    assess(leader)
    travel_to(on(2024, 7, 12, 21))
    attend(staff)
    travel_to(on(2024, 9, 24, 15))
    improve(leader, letterbox)
    travel_to(on(2024, 12, 17, 14, 1))
    be_reminded(letterbox)
    what_the_record_says()
    assert len(set(leader.examined)) >= 20


def apply(leader, letterbox) -> None:
    """An open call, an account on the way, and a draft."""
    leader.go("/")
    leader.press("Health Equity Learning Collaborative 2024")
    leader.press("See whether you can apply")
    for question in ("leader", "attendance", "quality-problem"):
        leader.tick(question, "yes")
    leader.press("Check")
    leader.press("Start an application")
    leader.fill(name="Synthetic Journey Oncology", city="Sampleton", region="OH", team_name="")
    leader.press("Go on and create an account")
    assert "Enter a name for your team." in leader.text()
    leader.fill(team_name="Journey team")
    leader.press("Go on and create an account")
    sign_up(leader, letterbox, "Journey Leader", LEADER)
    leader.press("Start")
    leader.press("Your practice")
    leader.choose(setting="community", rurality="rural")
    leader.fill(oncologists="4", underserved_percent="35")
    leader.press("Save and go back")
    leader.press("Your team")
    leader.choose(profession="physician", asco_membership="fellow")
    leader.fill(asco_member_number="SYN-JOURNEY")
    leader.press("Save and go back")
    leader.press("Your team")
    leader.fill(email=COLLEAGUE)
    leader.press("Send the invitation")
    leader.go(leader.page.url.removesuffix("team/"))


def join(colleague, letterbox) -> None:
    """A colleague comes by the link in the mail; opening it does nothing, pressing the button does."""
    link = letterbox.link(COLLEAGUE)
    for _ in range(2):
        colleague.go(link)
    assert not Enrollment.objects.get().team.members.filter(user__email=COLLEAGUE).exists()
    colleague.press("Create an account")
    sign_up(colleague, letterbox, "Journey Colleague", COLLEAGUE)
    colleague.press("Accept as Journey Colleague")
    colleague.go("/applications/")
    colleague.press("Journey team, Health Equity Learning Collaborative 2024")
    colleague.press("I will attend all sessions")


def give_letter(sponsor, letterbox) -> None:
    """The sponsor reads, presses Continue and signs; no account, and no word of one."""
    sponsor.go(letterbox.link(SPONSOR))
    sponsor.press("Continue")
    sponsor.press("Sign and send")
    assert "Thank you" in sponsor.text()


def submit(leader, letterbox, sponsor) -> None:
    """What is missing is listed; what is there is checked, sent once, and answered by a receipt."""
    leader.press("Check and submit")
    assert "all sessions" in leader.text()
    leader.go(leader.page.url.removesuffix("check/"))
    leader.press("I will attend all sessions")
    leader.press("Sponsor")
    leader.fill(name="Synthetic Sponsor", email=SPONSOR, position="Chief Medical Officer")
    leader.press("Save the sponsor")
    leader.press("Ask for the letter")
    give_letter(sponsor, letterbox)
    leader.press("Back to your application")
    for section in ("The quality problem", "Your patients", "Readiness", "What the team commits to"):
        leader.press(section)
        answer_everything(leader)
        leader.press("Save and go back")
    leader.shot("application")
    leader.press("Check and submit")
    leader.shot("check")
    leader.press("Submit the application")
    assert "May 1, 2024" not in leader.page.title()
    receipt = letterbox.latest(LEADER, "application")
    assert "2024" in receipt.body
    leader.shot("receipt")


def answer_everything(leader) -> None:
    """Answer every question of the section that is open."""
    form = leader.page.locator("main form")
    for field in form.locator("textarea, input[type=text]").all():
        is_number = field.get_attribute("inputmode") in ("numeric", "decimal")
        leader.write(field, "12" if is_number else "A synthetic answer.")
    for kind in ("radio", "checkbox"):
        boxes = form.locator(f"input[type={kind}]")
        for name in dict.fromkeys(boxes.evaluate_all("all => all.map(one => one.name)")):
            leader.mark(form.locator(f"input[type={kind}][name='{name}']").first)


def let_staff_in(staff) -> None:
    """The one-time link of ``create_staff``: a password, an authenticator app, and only then the admin."""
    _, link = create_staff(email=STAFF, name="Journey Staff")
    staff.go(link)
    staff.fill(password1=PASSWORD)
    if staff.page.locator("main [name=password2]").count():
        staff.fill(password2=PASSWORD)
    staff.press("Set password and sign in")
    staff.go("/accounts/2fa/totp/activate/")
    staff.fill(code=one_time_code(staff.page.inner_text("main .secret").strip()))
    staff.press("Switch on")


def accept(staff, letterbox) -> None:
    """In the admin, with a page in between that says to whom this writes."""
    staff.go("/admin/applications/application/")
    staff.page.check("input.action-select")
    staff.page.select_option("select[name=action]", "accept")
    staff.page.click("button[name=index]")
    staff.page.wait_for_load_state()
    staff.examine()
    assert "This will write to 1 person" in staff.page.inner_text("#content")
    staff.shot("admin-accept")
    staff.page.click("input[type=submit].default")
    staff.page.wait_for_load_state()
    staff.examine()
    letter = letterbox.latest(LEADER)
    assert "/enrollments/" in letter.body
    enrollment = Enrollment.objects.get()
    assert (enrollment.state, str(enrollment.joined_on)) == ("active", "2024-05-20")


def timeline_of(visitor) -> None:
    visitor.go(f"/enrollments/{Enrollment.objects.get().public_id}/")


def assess(leader) -> None:
    """The baseline: alone, domain by domain; then agreed item by item, and the score."""
    sign_in(leader, LEADER)
    timeline_of(leader)
    leader.shot("timeline")
    leader.press("Go to the assessment")
    assert "illustrat" in leader.text().lower()
    leader.press("Answer alone")
    domains = [
        link.inner_text() for link in leader.page.locator("main a[href*='/alone/']:not([href$='/alone/'])").all()
    ]
    for title in filter(None, dict.fromkeys(domains)):  # a list that is closed has links without words
        leader.press(title)
        for group in leader.page.locator("main fieldset").all():
            group.locator("input[type=radio]").nth(1).check()
        leader.shot("assessment")
        leader.press("Save and return to the domains")
    leader.press("I have finished")
    leader.shot("together")
    items = leader.page.locator("main .agree-row h2 a")
    number = items.count()
    leader.press(items.first.inner_text())
    for _ in range(number):
        leader.page.locator("main fieldset").first.locator("input[type=radio]").nth(1).check()
        leader.press("Save and open the next")
    leader.press("Everything is agreed: go back and submit")
    leader.page.click("main summary:has-text('Submit the assessment')")
    leader.press("Yes, submit the assessment")
    leader.shot("scores")
    assert scores(Assessment.objects.get()).overall is not None


def attend(staff) -> None:
    """Staff tick the list on the last day of the session."""
    sign_in(staff, STAFF, with_code=True)
    staff.go("/sessions/")
    staff.press("Quality Training Program, session 1")
    staff.go(staff.page.url + "attendance/")
    for box in staff.page.locator("main input[name=present]").all():
        box.check()
    staff.shot("attendance")
    staff.press("Save attendance")
    assert Completion.objects.filter(milestone__code="qtp-1").count() == 2


def improve(leader, letterbox) -> None:
    """A project, one measure with its data, and the first quarterly update."""
    sign_in(leader, LEADER)
    leader.go(f"/projects/new/{Enrollment.objects.get().public_id}/")
    leader.fill(
        title="Synthetic screening project", problem="Too few visits begin with a screening.", aim="80 % by June 2025."
    )
    leader.press("Start the project")
    leader.press("Add a measure")
    leader.fill(
        title="Screened visits", numerator="Visits with a screening", denominator="All visits", target_percent="80"
    )
    leader.tick("kind", "process")
    leader.tick("direction", "up")
    leader.press("Add the measure")
    leader.fill(period_start="2024-07-01", period_end="2024-09-30", numerator="140", denominator="100")
    leader.press("Save the data point")
    assert "The numerator cannot be larger than the denominator." in leader.text()
    leader.fill(numerator="40", denominator="100")
    leader.press("Save the data point")
    leader.shot("measure")
    timeline_of(leader)
    leader.press("Go to the update")
    leader.fill(changes="A reminder in the record, tried in one clinic.", progress_reason="We have a baseline.")
    leader.tick("progress", "1.5")
    leader.press("Save and check")
    leader.press("File the update")
    leader.shot("update")
    update = QuarterlyUpdate.objects.get()
    assert (update.state, str(update.period_end), DataPoint.objects.count()) == ("submitted", "2024-09-30", 1)
    assert Completion.objects.get(milestone__code="update-1").standing == "open"
    assert letterbox.latest(LEADER, "update").to == [LEADER]


def be_reminded(letterbox) -> None:
    """Fourteen days before the second update, Celery's one task wakes the sender."""
    sweep.apply(throw=True)
    for address in (LEADER, COLLEAGUE):
        mail = letterbox.latest(address, "Quarterly update 2")
        assert "December 31, 2024" in mail.subject
        assert "/enrollments/" in mail.body
    sweep.apply(throw=True)


def sign_in(visitor, email: str, *, with_code: bool = False) -> None:
    """Sign in again if the session has ended meanwhile; months go by between the steps."""
    visitor.go("/")
    if visitor.page.locator("header").get_by_role("link", name="Sign in").count() == 0:
        return
    visitor.go("/accounts/login/")
    visitor.fill(login=email, password=PASSWORD)
    visitor.press("Sign in")
    if with_code:
        visitor.fill(code=one_time_code(totp_secret(email)))
        visitor.press("Sign in")


def totp_secret(email: str) -> str:
    row = Authenticator.objects.get(user__email=email, type=Authenticator.Type.TOTP)
    return row.data["secret"]


def what_the_record_says() -> None:
    """Every change of state left one row."""
    application, enrollment = Application.objects.get(), Enrollment.objects.get()
    of = AuditEntry.objects.exclude(to_state="").order_by("id")
    assert list(of.filter(object_type="applications.application").values_list("from_state", "to_state")) == [
        ("draft", "submitted"),
        ("submitted", "accepted"),
    ]
    assert list(of.filter(object_type="programs.enrollment").values_list("from_state", "to_state")) == [
        ("applying", "accepted"),
        ("accepted", "active"),
    ]
    assert application.enrollment == enrollment
    for verb in ("assessment.submitted", "quarterlyupdate.submitted"):
        assert of.filter(verb=verb).count() == 1, verb


@pytest.fixture
def travel_to():
    """Move the machine's clock, for every thread of this process, and let it run on from there."""
    with time_machine.travel(on(2024, 4, 1), tick=True) as traveller:
        yield traveller.move_to
