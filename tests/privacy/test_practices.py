"""What is kept of practices about people: affiliations, invitations to apply, who merged; told, and taken out again."""

import json

import pytest

from accounts.models import REMOVED_NAME
from practices.models import Affiliation, Invitation, Practice
from practices.services import add_site, invite_to_practice, let_in, merge
from privacy import exports, services
from tests.conftest import make_user


@pytest.fixture
def affiliated(cast):
    """Whom the leader let in, and who is invited to another practice."""
    person = make_user("Aff Affiliated")
    let_in(cast.practice, person, by=cast.leader)
    invite_to_practice(cast.other_team.practice, email=person.email, by=cast.stranger)
    return person


def test_the_persons_own_data_tell_of_it(cast, affiliated):
    told = exports.export_person(affiliated)["tables"]
    (row,) = told["practices.Affiliation"]
    assert (row["practice"], row["user"], row["let_in_by"]) == ("Synthetic Oncology Practice", "you", "somebody else")
    (invitation,) = told["practices.Invitation"]
    assert (invitation["practice"], invitation["email"]) == ("Other Synthetic Practice", affiliated.email)


def test_whom_one_let_in_is_told_without_naming_them(cast, affiliated):
    told = exports.export_person(cast.leader)
    assert [row["user"] for row in told["tables"]["practices.Affiliation"]] == ["somebody else"]
    assert "Affiliated" not in json.dumps(told)


def test_sites_and_other_peoples_practices_are_nobodys_data(cast, affiliated):
    add_site(cast.practice, name="North", city="Anytown", by=cast.leader)
    assert "practices.Site" not in exports.export_person(affiliated)["tables"]


def test_who_merged_has_the_row_among_their_data(cast):
    merge(cast.practice, cast.other_team.practice, by=cast.staff)
    told = exports.export_person(cast.staff)["tables"]
    assert [(row["name"], row["merged_by"], row["merged_into"]) for row in told["practices.Practice"]] == [
        ("Other Synthetic Practice", "you", "Synthetic Oncology Practice")
    ]


def test_a_removed_person_is_let_in_no_longer_and_has_no_name(cast, affiliated):
    address = affiliated.email
    services.anonymise(affiliated, by=cast.staff, reason="Asked for it.")
    row = Affiliation.objects.select_related("user").get()
    assert (row.user.name, row.ended_by) == (REMOVED_NAME, cast.staff)
    assert not Invitation.objects.filter(email=address).exists()
    assert not Practice.objects.visible_to(affiliated).exists()
