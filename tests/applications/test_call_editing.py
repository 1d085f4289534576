"""Staff edit a call's form: at once before it opens, as the next edition from then on, with drafts carried over."""

from datetime import UTC, datetime, timedelta

import pytest

from applications import selectors
from applications.models import Call
from applications.services import (
    ApplicationRefused,
    FormChanged,
    answer,
    drop_edition,
    edition_to_edit,
    fingerprint,
    freeze_opened,
    open_call,
    put_form,
    start_application,
    submit,
    trial_of_use,
    use_edition,
)
from core import clock
from core.models import AuditEntry
from questionnaires.definition import FormDefinition
from questionnaires.models import FormVersion, Question
from questionnaires.selectors import plan_of
from questionnaires.services import FormRefused, load_form, put_question, put_section, remove_question
from tests.applications.conftest import APRIL, SECTIONS
from tests.conftest import make_user

BEFORE = datetime(2024, 2, 1, tzinfo=UTC)
MORE = {"code": "more", "kind": "short_text", "text": "Anything else?", "required": "never"}


def fresh(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


def codes(form: FormVersion) -> list[str]:
    return [question.code for question in plan_of(form).questions]


def test_before_the_call_opens_the_form_in_use_is_edited_apart_from_that_of_the_program(call, cast):
    program_form = call.form
    with clock.at(BEFORE):
        edition = edition_to_edit(call, by=cast.staff)
        put_question(edition, "time", MORE, by=cast.staff)
        assert edition_to_edit(call, by=cast.staff) == edition
    assert fresh(call).form == edition
    assert selectors.next_edition(fresh(call)) is None
    assert codes(edition) == ["problem", "aim", "hours", "more"]
    assert codes(program_form) == ["problem", "aim", "hours"]
    newer = load_form("test-application", "Application", SECTIONS[:1])
    assert open_call(call.cohort, form=newer).form == edition  # the file leaves alone what staff have made their own


def test_once_the_call_is_open_the_next_edition_is_edited_and_the_one_in_use_is_frozen(call, cast):
    edition = edition_to_edit(call, by=cast.staff)
    put_question(edition, "time", MORE, by=cast.staff)
    assert edition_to_edit(call, by=cast.staff) == edition
    assert fresh(call).form == call.form
    assert fresh(call).form.frozen_at == APRIL
    assert selectors.next_edition(call) == edition
    assert (edition.based_on, selectors.edited_edition(call)) == (call.form, edition)


def test_a_first_answer_before_the_opening_freezes_as_well(draft, cast):
    answer(draft.application, {draft.question("hours").pk: 3}, by=cast.leader)
    with clock.at(BEFORE):
        assert selectors.is_settled(fresh(draft.call), BEFORE)
        edition = edition_to_edit(draft.call, by=cast.staff)
    assert fresh(draft.call).form != edition


def test_using_it_carries_the_drafts_and_leaves_what_was_sent(complete, cast):
    call, application = complete.call, complete.application
    other = _another(call, cast)
    submit(application, by=cast.leader, arrived_at=APRIL)
    old = fresh(call).form
    edition = edition_to_edit(call, by=cast.staff)
    put_question(edition, "time", MORE, by=cast.staff)
    put_question(edition, "problem", _problem(text="Which problem do you see?"), code="problem", by=cast.staff)
    with clock.at(APRIL + timedelta(hours=1)):
        used = use_edition(call, by=cast.staff, seen=fingerprint(edition))
    assert (used.carried, used.left) == (1, [])
    assert fresh(call).form == edition
    assert edition.frozen_at is None
    edition.refresh_from_db()
    assert edition.frozen_at == APRIL + timedelta(hours=1)
    for row, form in ((application, old), (other, edition)):
        row.refresh_from_db()
        row.response.refresh_from_db()
        assert row.response.form == form
    carried = {one.question.code: one.value for one in other.response.answers.select_related("question__section")}
    assert carried == {"problem": "Ours"}
    assert {one.question.section.form_id for one in other.response.answers.all()} == {edition.pk}
    entry = AuditEntry.objects.get(verb="call.form_changed")
    assert (entry.object_id, entry.actor_id) == (call.pk, cast.staff.pk)


def _another(call, cast):
    application = start_application(
        call, practice=cast.practice, team_name="Others", leader=cast.stranger, by=cast.stranger
    )
    question = Question.objects.get(section__form=call.form, code="problem")
    answer(application, {question.pk: "Ours"}, by=cast.stranger)
    return application


def _problem(**fields):
    return SECTIONS[0]["questions"][0] | fields


def test_what_cannot_be_carried_is_told_before_and_after(draft, cast):
    question = draft.question("problem")
    answer(draft.application, {question.pk: "Delays", draft.question("hours").pk: 4}, by=cast.leader)
    edition = edition_to_edit(draft.call, by=cast.staff)
    remove_question(edition, "hours", by=cast.staff)
    put_question(edition, "time", MORE | {"required": "submission"}, by=cast.staff)
    trial = trial_of_use(draft.call, by=cast.staff)
    assert fresh(draft.call).form == draft.call.form  # a trial changes nothing
    assert not AuditEntry.objects.filter(verb="call.form_changed").exists()
    used = use_edition(draft.call, by=cast.staff)
    assert used == trial
    assert used.carried == 1
    assert [count for _, count in used.left] == [1]
    assert used.left[0][0].startswith("Hours a week: ")


def test_applicants_are_told_what_changed_and_only_those_who_had_begun(draft, cast):
    assert selectors.form_change(draft.application) is None
    edition = edition_to_edit(draft.call, by=cast.staff)
    put_question(edition, "time", MORE, by=cast.staff)
    with clock.at(APRIL + timedelta(days=1)):
        use_edition(draft.call, by=cast.staff)
    with clock.at(APRIL + timedelta(days=2)):
        late = start_application(
            fresh(draft.call), practice=cast.practice, team_name="Late", leader=cast.stranger, by=cast.stranger
        )
    draft.application.refresh_from_db()
    change = selectors.form_change(type(draft.application).objects.get(pk=draft.application.pk))
    assert change.at == APRIL + timedelta(days=1)
    assert any("Anything else?" in sentence for sentence in change.sentences)
    assert late.response.form == edition
    assert selectors.form_change(late) is None


def test_a_form_edited_before_the_opening_is_no_news_to_anybody(call, cast):
    with clock.at(BEFORE):
        put_question(edition_to_edit(call, by=cast.staff), "time", MORE, by=cast.staff)
    application = start_application(
        fresh(call), practice=cast.practice, team_name="T", leader=cast.leader, by=cast.leader
    )
    question = Question.objects.get(section__form=application.response.form, code="more")
    with clock.at(APRIL + timedelta(hours=1)):
        answer(application, {question.pk: "No"}, by=cast.leader)
    # The edition is frozen by that answer, after the application began: the program's form is no earlier state of theirs.
    assert selectors.form_change(type(application).objects.get(pk=application.pk)) is None


def test_it_is_refused_where_there_is_nothing_to_use_or_to_give_up(call, cast):
    for act in (use_edition, trial_of_use, drop_edition):
        with pytest.raises(ApplicationRefused, match="There is no changed form"):
            act(call, by=cast.staff)
    edition_to_edit(call, by=cast.staff)
    with pytest.raises(ApplicationRefused, match="Nothing is changed yet"):
        use_edition(call, by=cast.staff)


def test_what_changed_after_the_look_is_not_put_in_use(call, cast):
    edition = edition_to_edit(call, by=cast.staff)
    put_question(edition, "time", MORE, by=cast.staff)
    seen = fingerprint(edition)
    with clock.at(APRIL + timedelta(minutes=1)):
        put_section(edition, "time", title="Time of your own", by=cast.staff)
        with pytest.raises(FormChanged, match="look once more"):
            use_edition(call, by=cast.staff, seen=seen)
    assert fresh(call).form == call.form


def test_a_form_with_an_empty_section_cannot_be_used(call, cast):
    edition = edition_to_edit(call, by=cast.staff)
    put_section(edition, "extra", title="Extra", by=cast.staff)
    with pytest.raises(FormRefused, match="Section “Extra” has no question"):
        use_edition(call, by=cast.staff)
    assert fresh(call).form == call.form


def test_a_draft_is_given_up_and_another_one_can_be_begun(call, cast):
    first = edition_to_edit(call, by=cast.staff)
    put_question(first, "time", MORE, by=cast.staff)
    drop_edition(call, by=cast.staff)
    assert not FormVersion.objects.filter(pk=first.pk).exists()
    assert codes(edition_to_edit(call, by=cast.staff)) == ["problem", "aim", "hours"]


def test_after_one_change_the_next_one_starts_from_what_is_in_use(call, cast):
    edition = edition_to_edit(call, by=cast.staff)
    put_question(edition, "time", MORE, by=cast.staff)
    use_edition(call, by=cast.staff)
    second = edition_to_edit(fresh(call), by=cast.staff)
    assert (second.number, second.based_on) == (edition.number + 1, edition)
    assert codes(second) == ["problem", "aim", "hours", "more"]


def test_two_calls_of_one_program_are_edited_apart(call, cast, april):
    program_form = call.form
    edition = edition_to_edit(call, by=cast.staff)
    put_question(edition, "time", MORE, by=cast.staff)
    use_edition(call, by=cast.staff)
    other = Call(pk=call.pk + 1000, form=program_form)
    assert selectors.next_edition(other) is None
    assert codes(program_form) == ["problem", "aim", "hours"]


def test_a_file_replaces_what_is_being_edited(call, cast):
    wanted = FormDefinition(sections=[SECTIONS[1]])
    edition = put_form(call, wanted, title="A shorter form", by=cast.staff)
    assert fresh(call).form == call.form
    assert (edition.title, codes(edition)) == ("A shorter form", ["hours"])


def test_many_drafts_go_over_with_every_answer(call, cast):
    question = Question.objects.get(section__form=call.form, code="problem")
    for number in range(10):
        leader = make_user(f"Leader {number}", profession="physician")
        one = start_application(call, practice=cast.practice, team_name=f"T{number}", leader=leader, by=leader)
        answer(one, {question.pk: f"Text {number}"}, by=leader)
    edition = edition_to_edit(call, by=cast.staff)
    put_question(edition, "problem", _problem(max_words=60), code="problem", by=cast.staff)
    assert use_edition(call, by=cast.staff).carried == 10
    new = Question.objects.get(section__form=edition, code="problem")
    assert sorted(new.answers.values_list("value", flat=True)) == [f"Text {number}" for number in range(10)]


def test_the_form_of_a_call_is_frozen_when_it_opens_and_once(call, cast):
    opens = call.opening.starts_at
    assert freeze_opened(now=opens - timedelta(seconds=1)) == 0
    assert [freeze_opened(now=opens) for _ in range(2)] == [1, 0]
    assert fresh(call).form.frozen_at == APRIL
    assert AuditEntry.objects.filter(verb="formversion.frozen").count() == 1
    newer = load_form("test-application", "Application", SECTIONS[:1])
    assert newer != fresh(call).form  # the file writes the next edition and leaves this one alone


def test_a_form_that_is_not_whole_when_the_call_opens_stays_to_be_mended(call, cast):
    with clock.at(BEFORE):
        put_section(edition_to_edit(call, by=cast.staff), "extra", title="Extra", by=cast.staff)
    assert freeze_opened(now=APRIL) == 0
    edition = edition_to_edit(call, by=cast.staff)
    assert (edition, edition.frozen_at) == (fresh(call).form, None)
    put_question(edition, "extra", MORE, by=cast.staff)
    assert freeze_opened(now=APRIL) == 1
