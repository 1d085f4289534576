"""How two editions of a form differ, in sentences for staff."""

from collections.abc import Iterator, Sequence

from questionnaires.definition.schema import AskIf, FormPlan, QuestionDefinition, SectionPlan

KINDS = {
    "short_text": "a short text",
    "long_text": "a long text",
    "number": "a number",
    "choice": "one of several",
    "choices": "any of several",
    "date": "a date",
    "statement": "a statement to accept",
    "file": "a file",
    "table": "a table",
}
LIMITS = {
    "max_words": "the word limit",
    "minimum": "the smallest number",
    "maximum": "the largest number",
    "unit": "the unit",
    "min_rows": "the fewest rows",
    "max_rows": "the most rows",
    "locked_days_before": "the days before the deadline on which it locks",
}
REQUIRED = {
    "never": "may be left empty",
    "submission": "has to be answered before submission",
    "always": "has to be answered before its section can be saved",
}


def changes(old: FormPlan, new: FormPlan) -> list[str]:
    """Every difference as one sentence: sections first, then questions, in the order of ``new``; what is gone comes last.

    Sections and questions are the same where their codes are.
    """
    return [*_sections(old, new), *_questions(old, new)]


def _sections(old: FormPlan, new: FormPlan) -> Iterator[str]:
    before, after = {one.code: one for one in old.sections}, {one.code: one for one in new.sections}
    for code, section in after.items():
        if code not in before:
            yield f"Section “{section.title}” is new."
            continue
        earlier = before[code]
        if earlier.title != section.title:
            yield f"Section “{earlier.title}” is now called “{section.title}”."
        if earlier.introduction != section.introduction:
            yield f"Section “{section.title}”: the introduction was changed."
    for code in _moved(list(before), list(after)):
        yield f"Section “{after[code].title}” stands elsewhere."
    yield from (f"Section “{section.title}” was removed." for code, section in before.items() if code not in after)


def _questions(old: FormPlan, new: FormPlan) -> Iterator[str]:
    before, after = _placed(old), _placed(new)
    for code, (section, question) in after.items():
        if code not in before:
            yield f"Question “{question.text}” is new, in “{section.title}”."
            continue
        earlier_section, earlier = before[code]
        if earlier_section.code != section.code:
            yield f"Question “{question.text}” moved to “{section.title}”."
        yield from _question(earlier, question, new)
    for section in new.sections:
        order = [one.code for one in section.questions]
        earlier_order = [code for code, (place, _) in before.items() if place.code == section.code]
        for code in _moved(earlier_order, order):
            yield f"Question “{after[code][1].text}” stands elsewhere in “{section.title}”."
    yield from (
        f"Question “{question.text}” was removed." for code, (_, question) in before.items() if code not in after
    )


def _placed(form: FormPlan) -> dict[str, tuple[SectionPlan, QuestionDefinition]]:
    return {question.code: (section, question) for section in form.sections for question in section.questions}


def _moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The fewest codes that have to move, of those in both, so that the old order becomes the new one."""
    rank = {code: place for place, code in enumerate(code for code in before if code in set(after))}
    order = [code for code in after if code in rank]
    best: list[list[str]] = []  # the longest run that keeps its order, ending at each code
    for place, code in enumerate(order):
        runs = [best[at] for at in range(place) if rank[order[at]] < rank[code]]
        best.append([*max(runs, key=len, default=[]), code])
    stays = set(max(best, key=len, default=[]))
    return [code for code in order if code not in stays]


def _question(old: QuestionDefinition, new: QuestionDefinition, form: FormPlan) -> Iterator[str]:
    name = f"Question “{new.text}”"
    if old.text != new.text:
        yield f"Question “{old.text}” now reads “{new.text}”."
    if old.kind != new.kind:
        yield f"{name} asked for {KINDS[old.kind]} and now asks for {KINDS[new.kind]}: its answers are not carried over."
    if old.help != new.help:
        yield f"{name}: the help text was changed."
    if old.required != new.required:
        yield f"{name} {REQUIRED[new.required]}."
    for field, words in LIMITS.items():
        yield from _limit(f"{name}: {words}", getattr(old, field), getattr(new, field))
    yield from _listed(f"{name}: choice", old.choices, new.choices)
    yield from _listed(f"{name}: column", old.columns, new.columns)
    if old.shown_to_reviewers != new.shown_to_reviewers:
        yield f"{name} is {'now' if new.shown_to_reviewers else 'no longer'} shown to reviewers."
    if old.ask_if != new.ask_if:
        yield f"{name} {_asked(new.ask_if, form)}."


def _limit(what: str, old: object, new: object) -> Iterator[str]:
    if old == new:
        return
    if old in (None, ""):
        yield f"{what} is now {new}."
    elif new in (None, ""):
        yield f"{what} was {old} and is gone."
    else:
        yield f"{what} was {old} and is {new}."


def _listed(what: str, old: Sequence, new: Sequence) -> Iterator[str]:
    """Choices or columns: each has a code and a label."""
    before, after = {one.code: one for one in old}, {one.code: one for one in new}
    for code, item in after.items():
        if code not in before:
            yield f"{what} “{item.label}” is new."
        elif before[code].label != item.label:
            yield f"{what} “{before[code].label}” is now “{item.label}”."
        elif before[code] != item:
            yield f"{what} “{item.label}” was changed."
    yield from (f"{what} “{item.label}” was removed." for code, item in before.items() if code not in after)
    if _moved(list(before), list(after)):
        yield f"{what}s stand in another order."


def _asked(condition: AskIf | None, form: FormPlan) -> str:
    if condition is None:
        return "is now asked of everybody"
    source = next(question for question in form.questions if question.code == condition.question)
    labels = {choice.code: choice.label for choice in source.choices}
    answers = " or ".join(f"“{labels.get(value, 'accepted')}”" for value in condition.values)
    return f"is now asked only if “{source.text}” is {answers}"
