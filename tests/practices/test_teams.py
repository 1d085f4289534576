from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.models import AuditEntry
from practices import selectors, services
from practices.models import Member, MemberRole, Practice, Sponsor, Team
from tests.conftest import NOW, make_practice, make_team, make_user

TODAY = date(2024, 7, 1)


def test_a_practice_is_entered_with_its_facts(db, now, audit_of):
    user = make_user("Pat")
    practice = services.create_practice(
        name=" Practice ", city="Testville", region="VA", setting="community", oncologists=4, by=user
    )
    practice.refresh_from_db()
    assert (practice.name, practice.setting, practice.oncologists, practice.country.code, practice.created_at) == (
        "Practice",
        "community",
        4,
        "US",
        NOW,
    )
    assert audit_of(practice) == ["practice.created"]


def test_a_practice_is_changed_and_the_audit_names_what(db, now):
    practice, user = make_practice(), make_user("Pat")
    services.update_practice(practice, by=user, city="Otherville", region="VA")
    assert Practice.objects.get().city == "Otherville"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.fields, entry.actor_id) == ("practice.updated", ["city"], user.pk)


def test_an_unchanged_practice_writes_nothing(db, now):
    services.update_practice(make_practice(), by=make_user("Pat"), city="Testville")
    assert not AuditEntry.objects.exists()


def test_a_share_over_a_hundred_is_refused_by_the_database(db, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.update_practice(make_practice(), by=make_user("Pat"), underserved_percent=101)


def test_a_team_begins_with_its_leader(db, now, audit_of):
    leader = make_user("Lena")
    team = services.create_team(make_practice(), name=" Team ", leader=leader, by=leader)
    member = selectors.leader_of(team)
    assert (team.name, member.user, member.joined_on) == ("Team", leader, TODAY)
    assert list(selectors.core_team(team)) == [member]
    assert audit_of(team) == ["team.created"]


def test_the_team_in_its_parts(cast):
    assert [m.user for m in selectors.core_team(cast.team)] == [cast.leader, cast.colleague]
    assert [m.user for m in selectors.larger_team(cast.team)] == [cast.helper]
    assert [m.user for m in selectors.current_members(cast.team)] == [cast.leader, cast.colleague, cast.helper]
    assert selectors.leader_of(cast.team).user == cast.leader
    assert selectors.sponsor_of(cast.team).name == "Sam Sponsor"
    assert selectors.sponsor_of(cast.other_team) is None


def test_a_member_joins_today(cast, audit_of):
    user = make_user("New")
    member = services.add_member(cast.team, user, MemberRole.CORE, by=cast.leader)
    assert (member.role, member.joined_on, member.left_on) == ("core", TODAY, None)
    assert audit_of(member) == ["member.joined"]


def test_a_former_member_may_come_back(cast):
    services.add_member(cast.team, cast.former, MemberRole.LARGER, by=cast.leader)
    assert Member.objects.filter(team=cast.team, user=cast.former).count() == 2


def test_nobody_joins_twice(cast):
    with pytest.raises(services.AlreadyMember) as refusal:
        services.add_member(cast.team, cast.helper, MemberRole.CORE, by=cast.leader)
    assert str(refusal.value) == "Hal Helper is a member of Team of Lena Leader already."


def test_a_team_has_one_leader(cast):
    with pytest.raises(services.TeamRefused) as refusal:
        services.add_member(cast.team, make_user("New"), MemberRole.LEADER, by=cast.staff)
    assert str(refusal.value) == (
        "Team of Lena Leader has a leader: Lena Leader. A team has one; hand the lead over instead."
    )


def test_the_database_itself_refuses_a_second_leader(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(team=cast.team, user=make_user("New"), role=MemberRole.LEADER, joined_on=TODAY)


def test_a_deactivated_person_does_not_join(cast):
    with pytest.raises(services.TeamRefused):
        services.add_member(cast.team, cast.inactive, MemberRole.CORE, by=cast.leader)


def test_a_membership_ends_with_its_reason(cast, audit_of):
    member = Member.objects.get(team=cast.team, user=cast.colleague)
    services.end_membership(member, reason="Moved away", by=cast.leader)
    member.refresh_from_db()
    assert (member.left_on, member.left_reason) == (TODAY, "Moved away")
    assert audit_of(member) == ["member.left"]
    with pytest.raises(services.TeamRefused):
        services.end_membership(member, reason="Again", by=cast.leader)
    member.refresh_from_db()
    assert member.left_reason == "Moved away"


def test_a_leader_does_not_leave_before_there_is_another(cast):
    with pytest.raises(services.TeamRefused) as refusal:
        services.end_membership(selectors.leader_of(cast.team), reason="Moved", by=cast.staff)
    assert str(refusal.value) == ("Lena Leader leads this team. Hand the lead over before you end the membership.")


def test_who_left_sees_the_team_no_more(cast):
    assert list(Team.objects.visible_to(cast.colleague)) == [cast.team]
    services.end_membership(Member.objects.get(user=cast.colleague), reason="Moved", by=cast.leader)
    assert list(Team.objects.visible_to(cast.colleague)) == []
    assert list(Practice.objects.visible_to(cast.colleague)) == []


def test_the_lead_is_handed_over(cast, audit_of):
    member = Member.objects.get(user=cast.colleague)
    leader = services.change_leader(cast.team, member, reason="New job", by=cast.staff)
    assert selectors.leader_of(cast.team) == leader
    assert (leader.user, leader.joined_on) == (cast.colleague, TODAY)
    assert {m.user: m.role for m in selectors.core_team(cast.team)} == {cast.leader: "core", cast.colleague: "leader"}
    ended = Member.objects.filter(team=cast.team, left_on=TODAY).order_by("id")
    assert [(m.user, m.role, m.left_reason) for m in ended] == [
        (cast.leader, "leader", "New job"),
        (cast.colleague, "core", "New job"),
    ]
    assert audit_of(cast.team) == ["team.leader_changed"]


def test_the_lead_goes_to_a_present_member_of_this_team_only(cast):
    former, foreign = Member.objects.get(user=cast.former), Member.objects.get(user=cast.stranger)
    for member in (former, foreign, selectors.leader_of(cast.team)):
        with pytest.raises(services.TeamRefused):
            services.change_leader(cast.team, member, reason="New job", by=cast.staff)
    assert selectors.leader_of(cast.team).user == cast.leader
    assert not AuditEntry.objects.exists()


def test_the_lead_is_not_handed_over_twice_at_once(cast):
    first, second = Member.objects.get(user=cast.colleague), Member.objects.get(user=cast.colleague)
    services.change_leader(cast.team, first, reason="New job", by=cast.staff)
    with pytest.raises(services.TeamRefused):
        services.change_leader(cast.team, second, reason="New job", by=cast.staff)
    assert Member.objects.current().filter(team=cast.team, role=MemberRole.LEADER).count() == 1


def test_a_new_sponsor_ends_the_present_ones_time(cast, audit_of):
    before = selectors.sponsor_of(cast.team)
    after = services.name_sponsor(cast.team, name="Nell", email=" Nell@Test.example ", position="CEO", by=cast.leader)
    before.refresh_from_db()
    assert (before.until_on, after.since_on, after.email) == (TODAY, TODAY, "nell@test.example")
    assert selectors.sponsor_of(cast.team) == after
    assert audit_of(after) == ["sponsor.named"]


def test_the_same_sponsor_is_corrected(cast, audit_of):
    before = selectors.sponsor_of(cast.team)
    after = services.name_sponsor(cast.team, name="Sam S.", email=before.email, position="COO", by=cast.leader)
    assert (after.pk, after.name, after.position) == (before.pk, "Sam S.", "COO")
    assert Sponsor.objects.count() == 1
    assert audit_of(after) == ["sponsor.updated"]


def test_leaving_on_the_day_of_joining_works(cast):
    member = services.add_member(cast.team, make_user("New"), MemberRole.CORE, by=cast.leader)
    with clock.at(NOW - timedelta(days=1)):  # a clock that goes back breaks no constraint
        services.end_membership(member, reason="Mistake", by=cast.leader)
    assert member.left_on == TODAY


def test_what_each_of_the_cast_sees(cast):
    seen = {
        name: list(Team.objects.visible_to(getattr(cast, name)).order_by("id"))
        for name in ("leader", "colleague", "helper", "former", "stranger", "coach", "leadership", "staff", "inactive")
    }
    mine, both = [cast.team], [cast.team, cast.other_team]
    assert seen == {
        "leader": mine,
        "colleague": mine,
        "helper": mine,
        "former": [],
        "stranger": [cast.other_team],
        "coach": [],
        "leadership": [],
        "staff": both,
        "inactive": [],
    }


@pytest.mark.parametrize("people", [1, 3])
def test_the_core_team_is_one_query(cast, django_assert_num_queries, people):
    for number in range(people):
        services.add_member(cast.team, make_user(f"New {number}"), MemberRole.CORE, by=cast.leader)
    with django_assert_num_queries(1):
        assert len([member.user.name for member in selectors.core_team(cast.team)]) == 2 + people


def test_a_team_takes_another_name(cast, audit_of):
    services.rename_team(cast.team, name=" Other ", by=cast.staff)
    services.rename_team(cast.team, name="Other", by=cast.staff)
    assert Team.objects.get(pk=cast.team.pk).name == "Other"
    assert audit_of(cast.team) == ["team.renamed"]


def test_two_teams_of_one_practice_know_nothing_of_each_other(cast):
    second = make_team(cast.practice, make_user("Sec Leader"))
    assert list(Team.objects.visible_to(cast.leader)) == [cast.team]
    assert cast.leader not in [m.user for m in selectors.current_members(second)]
