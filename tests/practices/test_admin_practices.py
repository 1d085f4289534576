"""Staff's pages on practices: lists and filters, likely duplicates, merging, letting in, and taking a copy out."""

import csv
import io
import re

import pytest
from django.urls import reverse

from core.models import AuditEntry
from practices import services
from practices.models import Affiliation, Practice, Site
from tests.conftest import make_practice, make_user

LIST = "/admin/practices/practice/"


@pytest.fixture
def twins(cast):
    """Two entries of one practice."""
    facts = {"name": "Mercy Clinic", "city": "Anytown"}
    kept = services.create_practice(**facts, setting="community", by=cast.leader)
    gone = services.create_practice(**facts | {"name": "The Mercy Clinic, Inc."}, oncologists=9, by=cast.stranger)
    return kept, gone


def listed(page):
    return {practice.name for practice in page.context["cl"].queryset}


def page_of(name, practice):
    return reverse(f"admin:practices_practice_{name}", args=[practice.pk])


def merge_page(kept, gone):
    return f"{page_of('merge', kept)}?with={gone.pk}"


class TestList:
    def test_search_and_filters(self, cast, staff, twins):
        services.update_practice(twins[0], by=cast.staff, street="7 Elm Street", postal_code="54321", region="OH")
        assert listed(staff.get(LIST, {"q": "elm"})) == listed(staff.get(LIST, {"q": "54321"})) == {"Mercy Clinic"}
        for query in ({"setting__exact": "community"}, {"region": "OH"}):
            assert listed(staff.get(LIST, query)) == {"Mercy Clinic"}
        assert listed(staff.get(LIST, {"country": "CA"})) == set()
        assert listed(staff.get(LIST, {"is_synthetic__exact": "0"})) == {"Mercy Clinic", "The Mercy Clinic, Inc."}

    def test_likely_duplicates_alone(self, staff, twins):
        assert len(listed(staff.get(LIST))) == 4
        assert listed(staff.get(LIST, {"likely_duplicate": "yes"})) == {"Mercy Clinic", "The Mercy Clinic, Inc."}

    def test_number_of_teams_and_what_was_merged(self, cast, staff):
        services.merge(cast.practice, cast.other_team.practice, by=cast.staff)
        page = staff.get(LIST).content.decode()
        assert '<td class="field-teams">2</td>' in page and '<td class="field-teams">0</td>' in page
        assert f'<td class="field-merged"><a href="{LIST}{cast.practice.pk}/change/">' in page
        assert listed(staff.get(LIST, {"merged": "yes"})) == {"Other Synthetic Practice"}

    @pytest.mark.parametrize("many", [1, 5])
    def test_it_costs_the_same_for_many(self, cast, staff, django_assert_max_num_queries, many):
        for number in range(many):
            services.merge(cast.practice, make_practice(f"Gone {number}"), by=cast.staff)
        staff.get(LIST)
        with django_assert_max_num_queries(9):
            staff.get(LIST)


class TestDuplicates:
    def test_the_page_says_why(self, staff, twins):
        kept, gone = twins
        page = staff.get(page_of("duplicates", kept)).content.decode()
        assert "Same name" in page and f"{page_of('merge', kept)}?with={gone.pk}" in page
        assert page_of("duplicates", kept) in staff.get(page_of("change", kept)).content.decode()

    def test_none(self, cast, staff):
        assert "No other entry looks like this one." in staff.get(page_of("duplicates", cast.practice)).content.decode()

    def test_of_a_merged_one(self, cast, staff, twins):
        kept, gone = twins
        services.merge(kept, gone, by=cast.staff)
        assert "was merged into Mercy Clinic already" in staff.get(page_of("duplicates", gone)).content.decode()
        change = staff.get(page_of("change", gone)).content.decode()
        assert 'name="_save"' not in change and page_of("duplicates", gone) not in change


class TestMerge:
    def test_side_by_side_then_merged_with_the_chosen_facts(self, staff, twins):
        kept, gone = twins
        page = staff.get(merge_page(kept, gone))
        text = page.content.decode()
        assert list(page.context["form"].fields) == ["name", "setting", "oncologists"]
        assert "City: Anytown" in text and "Both applied" not in text
        # What is known is offered before what is empty.
        assert [page.context["form"][name].initial for name in ("setting", "oncologists")] == ["kept", "gone"]
        choices = {"name": "gone", "setting": "kept", "oncologists": "gone"}
        done = staff.post(merge_page(kept, gone), choices, follow=True)
        assert [str(message) for message in done.context["messages"]] == [
            "The Mercy Clinic, Inc. is merged into Mercy Clinic. Its teams, sites, people and invitations are here now."
        ]
        assert done.redirect_chain == [(page_of("change", kept), 302)]
        kept.refresh_from_db()
        assert (kept.name, kept.setting, kept.oncologists) == ("The Mercy Clinic, Inc.", "community", 9)
        assert Practice.objects.get(pk=gone.pk).merged_into == kept

    def test_every_difference_has_to_be_decided(self, staff, twins):
        page = staff.post(merge_page(*twins), {"name": "kept", "setting": "somebody's"})
        assert set(page.context["form"].errors) == {"setting", "oncologists"}
        assert not Practice.objects.exclude(merged_into=None).exists()

    def test_the_warning_where_both_applied(self, cast, staff):
        page = staff.get(merge_page(cast.practice, cast.other_team.practice)).content.decode()
        assert "Both applied to Test cohort 2024." in page

    def test_a_refusal_is_said(self, cast, staff, twins):
        page = staff.post(
            merge_page(cast.practice, twins[0]),
            {"name": "kept", "city": "kept", "setting": "kept", "region": "kept"},
            follow=True,
        )
        assert ["synthetic" in str(message) for message in page.context["messages"]] == [True]

    @pytest.mark.parametrize("other", ["", "?with=", "?with=x", "?with=999999", "?with=" + "9" * 30, "?with=²"])
    def test_with_nothing_to_merge_it_leads_to_the_list(self, staff, twins, other):
        assert staff.get(page_of("merge", twins[0]) + other).url == page_of("duplicates", twins[0])

    def test_not_with_itself(self, staff, twins):
        assert staff.post(merge_page(twins[0], twins[0])).url == page_of("duplicates", twins[0])

    @pytest.mark.parametrize("name", ["leader", "coach", "leadership", "reviewer"])
    def test_staff_alone(self, cast, client, twins, name):
        client.force_login(getattr(cast, name))
        for address in (page_of("duplicates", twins[0]), merge_page(*twins)):
            assert client.get(address).status_code == 302
            assert client.post(address, {"name": "kept"}).status_code == 302
        assert not Practice.objects.exclude(merged_into=None).exists()


class TestLettingIn:
    def test_added_and_ended(self, cast, staff, audit_of):
        reply = staff.post(
            "/admin/practices/affiliation/add/", {"user": cast.coach.pk, "practice": cast.practice.pk}, follow=True
        )
        assert reply.status_code == 200
        affiliation = Affiliation.objects.get()
        assert (affiliation.user, affiliation.let_in_by) == (cast.coach, cast.staff)
        staff.post("/admin/practices/affiliation/", {"action": "end", "_selected_action": [affiliation.pk]})
        assert audit_of(affiliation) == ["affiliation.let_in", "affiliation.ended"]

    def test_a_closed_account_is_refused_with_a_sentence(self, cast, staff):
        page = staff.post(
            "/admin/practices/affiliation/add/", {"user": cast.inactive.pk, "practice": cast.practice.pk}, follow=True
        )
        assert [str(message) for message in page.context["messages"]] == ["The account of Ina Inactive is deactivated."]


@pytest.mark.parametrize("model", ["site", "affiliation"])
def test_the_lists_open_are_searched_and_delete_nothing(cast, staff, model):
    services.add_site(cast.practice, name="North", city="Anytown", by=cast.leader)
    services.let_in(cast.practice, make_user("Pat"), by=cast.leader)
    for query in ({}, {"q": "Synthetic"}):
        page = staff.get(f"/admin/practices/{model}/", query)
        assert page.context["cl"].result_count == 1
        assert "delete_selected" not in page.content.decode()
    row = (Site if model == "site" else Affiliation).objects.get()
    assert staff.get(f"/admin/practices/{model}/{row.pk}/change/").status_code == 200
    assert staff.post(f"/admin/practices/{model}/{row.pk}/delete/").status_code == 403


class TestExport:
    def take(self, staff, action, *practices):
        return staff.post(LIST, {"action": action, "_selected_action": [one.pk for one in practices]})

    def test_csv(self, cast, staff):
        practice = services.create_practice(
            name="=HYPERLINK(1)", city="Anytown", underserved_percent=40, setting="community", by=cast.staff
        )
        services.add_site(practice, name="North", city="Anytown", by=cast.staff)
        answer = self.take(staff, "export_csv", practice, cast.practice)
        assert answer["Content-Disposition"] == 'attachment; filename="practices.csv"'
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        found = {row["Number"]: row for row in rows}
        one = found[str(practice.pk)]
        assert one["Name"] == "'=HYPERLINK(1)"
        assert (one["Setting"], one["Sites"], one["Teams"], one["Synthetic"]) == ("Community practice", "1", "0", "no")
        assert found[str(cast.practice.pk)]["Teams"] == "1"
        assert len(found) == 2

    def test_excel_and_the_record_of_it(self, cast, staff):
        answer = self.take(staff, "export_excel", cast.practice, cast.other_team.practice)
        assert answer.content.startswith(b"PK") and answer["Content-Disposition"].endswith('practices.xlsx"')
        taken = AuditEntry.objects.filter(verb="practice.exported", actor_id=cast.staff.pk)
        assert set(taken.values_list("object_id", flat=True)) == {cast.practice.pk, cast.other_team.practice.pk}

    def test_no_person_is_in_it(self, cast, staff):
        text = self.take(staff, "export_csv", cast.practice).content.decode()
        assert not re.search(r"Lena|@", text)
