"""What an application still needs, read from the tables, each with its page."""

from django.urls import reverse

from accounts.services import update_profile
from applications.selectors import gaps
from core import clock
from practices.models import MemberRole, Sponsor
from practices.services import add_member, end_membership
from programs.models import Milestone, MilestoneKind, Program
from tests.applications.conftest import APRIL
from tests.conftest import make_user


def texts(application):
    return [gap.text for gap in gaps(application)]


def test_a_fresh_application_lists_everything_with_links(draft):
    update_profile(draft.leader, by=draft.leader, profession="", asco_membership="", asco_member_number=" ")
    key = draft.application.public_id
    assert [(gap.text[:34], gap.url) for gap in gaps(draft.application)] == [
        ("Complete the facts of your practic", reverse("applications:practice", args=[key])),
        ("The team leader must be a physicia", reverse("applications:team", args=[key])),
        ("The team leader must be an ASCO me", reverse("applications:team", args=[key])),
        ("Enter the leader's ASCO member num", reverse("applications:team", args=[key])),
        ("Name a sponsor: a senior leader of", reverse("applications:sponsor", args=[key])),
        ("Every member of the core team conf", reverse("applications:detail", args=[key]) + "#attendance"),
        (
            "Quality problem: answer “Which pro",
            reverse("applications:section", args=[key, "problem"]) + "#div_id_problem",
        ),
        ("Protected time: answer “Hours a we", reverse("applications:section", args=[key, "time"]) + "#div_id_hours"),
    ]


def test_a_complete_application_has_none(complete):
    assert gaps(complete.application) == []


def test_a_membership_that_ended_takes_its_word_along(complete):
    team = complete.application.enrollment.team
    end_membership(team.members.get(user=complete.colleague), reason="Moved", by=complete.leader)
    text = (
        "The core team has 2 to 4 people, the leader among them; yours has 1 person. "
        "Invite 1 person more, and wait until they have accepted."
    )
    assert texts(complete.application) == [text]


def test_a_fifth_core_member_and_a_newcomer_without_a_word(complete):
    team = complete.application.enrollment.team
    for name in ("Newcomer One", "Newcomer Two", "Newcomer Three"):
        add_member(team, make_user(name), MemberRole.CORE, by=complete.leader)
    word = (
        "Every member of the core team confirms to attend all sessions. "
        "Not yet confirmed: Newcomer One, Newcomer Two and Newcomer Three."
    )
    assert texts(complete.application) == [
        "The core team has 2 to 4 people, the leader among them; yours has 5 people. Move 1 person to the larger team.",
        word,
    ]


def test_a_sponsor_who_left_is_none(complete):
    with clock.at(APRIL):
        Sponsor.objects.filter(team=complete.application.enrollment.team).update(
            until_on=clock.today(complete.cohort.zone)
        )
    assert texts(complete.application) == ["Name a sponsor: a senior leader of your practice who supports the team."]


def test_without_sessions_nobody_confirms_to_attend(complete):
    complete.application.commitments.all().delete()
    Milestone.objects.filter(kind=MilestoneKind.SESSION).delete()
    assert gaps(complete.application) == []


def test_the_programs_file_decides_what_is_asked(draft):
    definition = {
        "program": {
            "sponsor": {"required": False},
            "eligibility": [{"code": "us-only", "text": "Practices in the United States.", "source": "seed"}],
        }
    }
    Program.objects.update(definition=definition)
    update_profile(draft.leader, by=draft.leader, profession="nurse", asco_membership="none")
    draft.practice.country = "CA"
    draft.practice.save()
    draft.application.refresh_from_db()
    assert [gap.text.split(":")[0] for gap in gaps(draft.application)] == [
        "Complete the facts of your practice",
        "This program is for practices in",
        "Quality problem",
        "Protected time",
    ]
