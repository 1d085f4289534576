"""Two entries become one practice: what moves, what ends, what is refused, and what everybody sees then."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from core import clock
from core.refusals import Refused
from practices import selectors, services
from practices.models import Affiliation, Invitation, Practice, Site, Team
from practices.services import MergeRefused
from tests.conftest import NOW, make_cohort, make_enrollment, make_practice


@pytest.fixture
def gone(cast):
    """The other practice of the cast; the cast's own one is kept."""
    return cast.other_team.practice


def merged(cast, gone, **options):
    return services.merge(cast.practice, gone, by=cast.staff, **options)


def test_what_is_written(cast, gone, audit_of):
    merged(cast, gone, facts=["name", "city", "oncologists"])
    gone.refresh_from_db()
    assert (gone.merged_into, gone.merged_at, gone.merged_by) == (cast.practice, NOW, cast.staff)
    kept = Practice.objects.get(pk=cast.practice.pk)
    assert (kept.name, kept.folded_name) == ("Other Synthetic Practice", "other synthetic practice")
    assert kept.changed_at == NOW
    assert (audit_of(kept), audit_of(gone)) == (["practice.took_over"], ["practice.merged"])


def test_without_facts_the_kept_ones_stay(cast, gone):
    before = Practice.objects.values("name", "city", "changed_at").get(pk=cast.practice.pk)
    merged(cast, gone)
    assert Practice.objects.values("name", "city", "changed_at").get(pk=cast.practice.pk) == before


def test_teams_move_with_all_they_have(cast, gone):
    merged(cast, gone)
    assert set(Team.objects.filter(practice=cast.practice)) == {cast.team, cast.other_team}
    assert list(Practice.objects.visible_to(cast.stranger)) == [cast.practice]
    # What the people of the one see of the teams of the other is as it was: nothing.
    assert list(Team.objects.visible_to(cast.stranger)) == [cast.other_team]


def test_sites(cast, gone):
    for practice, name, city in (
        (cast.practice, "North", "Anytown"),
        (cast.practice, "South", "Anytown"),
        (cast.practice, "South (Elsewhere)", "Anytown"),
        (gone, "NORTH", "anytown"),
        (gone, "South", "Elsewhere"),
        (gone, "West", "Elsewhere"),
    ):
        Site.objects.create(practice=practice, name=name, city=city)
    merged(cast, gone)
    names = [
        ("North", "Anytown"),
        ("South", "Anytown"),
        ("South (Elsewhere 2)", "Elsewhere"),
        ("South (Elsewhere)", "Anytown"),
    ]
    assert sorted(Site.objects.values_list("name", "city")) == sorted([*names, ("West", "Elsewhere")])
    assert set(Site.objects.values_list("practice", flat=True)) == {cast.practice.pk}
    assert Practice.objects.get(pk=cast.practice.pk).changed_at == NOW


def test_who_was_let_in_into_both_stays_once(cast, gone, audit_of):
    in_both = [services.let_in(one, cast.coach, by=cast.staff) for one in (cast.practice, gone)]
    only = services.let_in(gone, cast.reviewer, by=cast.staff)
    merged(cast, gone)
    assert set(Affiliation.objects.filter(ended_at=None)) == {in_both[0], only}
    assert set(Affiliation.objects.values_list("practice", flat=True)) == {cast.practice.pk}
    assert audit_of(in_both[1]) == ["affiliation.let_in", "affiliation.ended"]


def test_open_invitations_move_and_a_second_one_ends(cast, gone):
    first = services.invite_to_practice(cast.practice, email="new@test.example", by=cast.leader)
    second = services.invite_to_practice(gone, email="new@test.example", by=cast.stranger)
    other = services.invite_to_practice(gone, email="other@test.example", by=cast.stranger)
    merged(cast, gone)
    assert set(selectors.open_invitations_to(cast.practice)) == {first, other}
    assert set(Invitation.objects.values_list("practice", flat=True)) == {cast.practice.pk}
    second.refresh_from_db()
    assert second.revoked_by == cast.staff
    assert services.accept_invitation(other, by=cast.coach).practice == cast.practice


def test_applicants_see_the_kept_one_alone_and_staff_the_row(cast, gone):
    services.let_in(gone, cast.coach, by=cast.staff)
    merged(cast, gone)
    for user in (cast.leader, cast.stranger, cast.coach):
        assert list(Practice.objects.visible_to(user)) == [cast.practice]
    assert set(Practice.objects.visible_to(cast.staff)) == {cast.practice, gone}


class TestRefused:
    def test_itself(self, cast):
        with pytest.raises(MergeRefused, match="one and the same"):
            services.merge(cast.practice, Practice.objects.get(pk=cast.practice.pk), by=cast.staff)

    def test_one_that_was_merged_already_on_either_side(self, cast, gone):
        third = make_practice("Third")
        merged(cast, gone)
        for kept, going in ((gone, third), (third, gone), (gone, cast.practice), (cast.practice, gone)):
            with pytest.raises(MergeRefused, match="was merged into Synthetic Oncology Practice already"):
                services.merge(kept, going, by=cast.staff)
        assert Practice.objects.filter(merged_into=None).count() == 2

    def test_a_made_up_one_with_a_real_one(self, cast):
        real = services.create_practice(name="Real", city="Anytown", by=cast.staff)
        with pytest.raises(MergeRefused, match="synthetic"):
            services.merge(cast.practice, real, by=cast.staff)

    def test_what_is_no_fact(self, cast, gone):
        for name in ("is_synthetic", "public_id", "merged_into"):
            with pytest.raises(ValueError, match=name):
                merged(cast, gone, facts=[name])

    def test_nothing_is_written_then(self, cast, gone):
        with pytest.raises(MergeRefused):
            services.merge(gone, gone, by=cast.staff)
        assert not Practice.objects.exclude(merged_into=None).exists()


def test_no_chain_ever_stands(cast, gone):
    """One step leads to the practice that goes on, however often it was merged."""
    third = make_practice("Third")
    merged(cast, gone)
    services.merge(third, cast.practice, by=cast.staff)
    into = dict(Practice.objects.values_list("pk", "merged_into"))
    assert into == {cast.practice.pk: third.pk, gone.pk: third.pk, third.pk: None}


class TestWhatStaffRead:
    def test_side_by_side(self, cast, gone):
        services.update_practice(gone, by=cast.staff, setting="community", underserved_percent=40)
        rows = {row.name: row for row in selectors.compared(cast.practice, gone)}
        assert (rows["setting"].kept, rows["setting"].gone, rows["setting"].differs) == ("", "Community practice", True)
        assert (rows["underserved_percent"].gone, rows["city"].differs) == ("40%", False)

    def test_what_moves(self, cast, gone):
        services.let_in(gone, cast.coach, by=cast.staff)
        services.invite_to_practice(gone, email="new@test.example", by=cast.staff)
        services.add_site(gone, name="North", city="Anytown", by=cast.staff)
        moving = selectors.moving(gone)
        assert (moving.teams, moving.sites, moving.let_in, moving.invitations) == (1, 1, 1, 1)

    def test_both_applied_to_the_same_cohort(self, cast, gone):
        assert selectors.applied_to_both(cast.practice, gone) == ["Test cohort 2024"]
        third = make_practice("Third")
        assert selectors.applied_to_both(cast.practice, third) == []
        team = services.create_team(third, name="Third", leader=cast.coach, by=cast.coach)
        make_enrollment(make_cohort(cast.program, "another"), team, cast.coach)
        assert selectors.applied_to_both(cast.practice, third) == []


def at_once(*acts):
    """Each act in a thread of its own, all let go at the same moment; what each came to."""
    outcomes, barrier = [], Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            with clock.at(NOW):
                outcomes.append(act())
        except Refused as refusal:
            outcomes.append(refusal)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


class TestAtOnce:
    @pytest.fixture
    def two(self, transactional_db, request):
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        return request.getfixturevalue("cast")

    def test_of_two_who_merge_crosswise_one_wins(self, two):
        """Three pairs of hands on the same two rows in both orders: no deadlock, one merge, the others are told."""
        one, other = two.practice, two.other_team.practice
        outcomes = at_once(
            lambda: services.merge(one, other, by=two.staff),
            lambda: services.merge(other, one, by=two.staff),
            lambda: services.merge(one, other, by=two.staff),
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["MergeRefused", "MergeRefused", "Practice"]
        (gone,) = Practice.objects.exclude(merged_into=None)
        assert {gone, gone.merged_into} == {one, other}
        assert set(Team.objects.values_list("practice", flat=True)) == {gone.merged_into_id}

    def test_what_begins_meanwhile_is_with_the_kept_one(self, two):
        one, other = two.practice, two.other_team.practice
        outcomes = at_once(
            lambda: services.merge(one, other, by=two.staff),
            *(
                lambda n=n: services.create_team(other, name=f"Late {n}", leader=two.coach, by=two.coach)
                for n in range(3)
            ),
            lambda: services.let_in(other, two.reviewer, by=two.staff),
            lambda: services.add_site(other, name="North", city="Anytown", by=two.staff),
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        assert {type(refusal).__name__ for refusal in refused} <= {"PracticeMerged"} and len(refused) <= 1
        assert set(Team.objects.values_list("practice", flat=True)) == {one.pk}
        assert set(Affiliation.objects.values_list("practice", flat=True)) == {one.pk}
        assert set(Site.objects.values_list("practice", flat=True)) <= {one.pk}
