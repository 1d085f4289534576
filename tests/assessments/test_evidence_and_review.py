"""Evidence of a round, and the third party's score beside the team's."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from assessments import selectors, services
from assessments.models import Evidence, InstrumentVersion, ReviewerAnswer
from assessments.services import AssessmentRefused, OwnAnswer
from documents.services import check
from practices.services import end_affiliation, let_in
from tests.assessments.conftest import answer_all, item_of, level_of
from tests.conftest import make_team, make_user


@pytest.fixture
def kept(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def file(text: bytes = b"Minutes of May"):
    return check(SimpleUploadedFile("minutes.txt", text))


def test_a_file_and_an_address(assessment, cast, kept: Path):
    item = item_of(assessment.version, "a")
    stored = services.add_evidence(assessment, item, title="", file=file(), by=cast.leader)
    link = services.add_evidence(assessment, item, title="Policy", url="https://policy.example/7", by=cast.leader)
    assert (stored.title, stored.file.size, link.title, link.file) == ("minutes.txt", 14, "Policy", None)
    services.remove_evidence(stored, by=cast.leader)
    services.remove_evidence(stored, by=cast.leader)
    assert list(Evidence.objects.filter(removed_at=None)) == [link]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "one at a time"),
        ({"url": "javascript:alert(1)"}, "begins with https"),
        ({"url": "https://a.example", "file": "file"}, "one at a time"),
    ],
)
def test_what_is_no_evidence(assessment, cast, given, words, kept):
    given = {key: file() if value == "file" else value for key, value in given.items()}
    with pytest.raises(AssessmentRefused, match=words):
        services.add_evidence(assessment, item_of(assessment.version, "a"), title="x", by=cast.leader, **given)
    assert not Evidence.objects.exists()


def test_evidence_over_quota_is_refused(assessment, cast, kept, settings):
    settings.FILE_QUOTA_COUNT = 0
    with pytest.raises(AssessmentRefused, match="no more fit"):
        services.add_evidence(assessment, item_of(assessment.version, "a"), title="x", file=file(), by=cast.leader)


def test_a_submitted_round_keeps_its_evidence(assessment, cast, now, kept):
    item = item_of(assessment.version, "a")
    link = services.add_evidence(assessment, item, title="Policy", url="https://policy.example/7", by=cast.leader)
    answer_all(assessment, cast.leader)
    services.submit(assessment, by=cast.leader, arrived_at=now)
    with pytest.raises(AssessmentRefused, match="no longer change"):
        services.remove_evidence(link, by=cast.leader)


@pytest.fixture
def asked(assessment, cast, now):
    """A submitted round whose instrument asks for a third party, and its reviewer."""
    InstrumentVersion.objects.filter(pk=assessment.version_id).update(asks_reviewer=True)
    answer_all(assessment, cast.leader, a="high")
    services.submit(assessment, by=cast.leader, arrived_at=now)
    services.ask_reviewer(assessment, cast.coach, by=cast.staff)
    return assessment


def test_the_third_party_stands_beside_the_team(asked, cast):
    version = asked.version
    rows = [
        OwnAnswer(item_of(version, code), "level", level_of(version, code, "low"), "Seen.") for code in ("a", "b", "c")
    ]
    services.review(asked, rows[:1], by=cast.coach)
    with pytest.raises(AssessmentRefused, match="2 items have no answer"):
        services.finish_review(asked, by=cast.coach)
    services.review(asked, rows, by=cast.coach)
    assert set(ReviewerAnswer.objects.values_list("version", flat=True)) == {1}
    services.finish_review(asked, by=cast.coach)
    theirs = selectors.reviewers_scores_of([asked])[asked.pk]
    assert (theirs.shown, selectors.scores(asked).shown) == ("0", "100")
    with pytest.raises(AssessmentRefused, match="is done"):
        services.review(asked, rows, by=cast.coach)


def test_only_who_was_asked_reviews(asked, cast):
    row = OwnAnswer(item_of(asked.version, "a"), "no_data")
    with pytest.raises(AssessmentRefused, match="Only the reviewer"):
        services.review(asked, [row], by=cast.staff)
    with pytest.raises(AssessmentRefused, match="Only the reviewer"):
        services.finish_review(asked, by=cast.staff)


@pytest.mark.parametrize("who", ["colleague", "helper", "former", "of another team", "affiliated"])
def test_nobody_of_the_practice_is_the_third_party(asked, cast, who):
    if who == "of another team":
        person = make_user("Otto Otherteam", Role.REVIEWER)
        make_team(cast.practice, person, name="Another team of the practice")
    elif who == "affiliated":
        person = cast.reviewer
        end_affiliation(let_in(cast.practice, person, by=cast.leader), by=cast.leader)  # or was once
    else:
        person = getattr(cast, who)
    assert person not in selectors.reviewers_for(asked)
    with pytest.raises(AssessmentRefused, match="belongs to this practice, or did"):
        services.ask_reviewer(asked, person, by=cast.staff)
    assert cast.reviewer in selectors.reviewers_for(asked) or who == "affiliated"


def test_no_third_party_before_the_team_or_where_none_is_asked_for(assessment, cast, now):
    with pytest.raises(AssessmentRefused, match="asks for no third party"):
        services.ask_reviewer(assessment, cast.coach, by=cast.staff)
    InstrumentVersion.objects.filter(pk=assessment.version_id).update(asks_reviewer=True)
    with pytest.raises(AssessmentRefused, match="after the team has submitted"):
        services.ask_reviewer(assessment, cast.coach, by=cast.staff)
