"""What the forms of a practice and a team say when something is not right."""

import pytest

from practices.forms import InviteForm, PracticeForm, SponsorForm

pytestmark = pytest.mark.django_db
PRACTICE = {"name": "Test Practice", "city": "Anytown", "country": "US"}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"underserved_percent": "400"}, {"underserved_percent": ["Enter a whole number from 0 to 100."]}),
        ({"underserved_percent": "-1"}, {"underserved_percent": ["Enter a whole number from 0 to 100."]}),
        ({"underserved_percent": "100"}, {}),
        (
            {"oncologists": "-4"},
            {"oncologists": ["Enter the number of oncologists as a whole number, such as 12."]},
        ),
        ({"name": ""}, {"name": ["Enter the name of your practice."]}),
    ],
)
def test_a_practice_says_what_to_do_at_the_field(sent, errors):
    assert PracticeForm(PRACTICE | sent).errors == errors


def test_an_invitation_and_a_sponsor_say_what_to_do():
    assert InviteForm({}).errors == {
        "email": ["Enter the colleague's email address."],
        "role": ["Choose a role."],
    }
    assert SponsorForm({}).errors == {
        "name": ["Enter the sponsor's name."],
        "email": ["Enter the sponsor's email address."],
        "position": ["Enter the sponsor's position, such as Chief Medical Officer."],
    }
