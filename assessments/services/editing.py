"""Staff edit an instrument: settings, domains and items of a version that is not frozen, one act at a time.

Every act builds the whole edition anew as a definition, so that what contradicts is refused with its sentence, and writes it
down only then. Domains and items are named by their codes. What is edited is in writing until it is put in use.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from accounts.models import User
from assessments import definition, selectors
from assessments.definition import InstrumentPlan
from assessments.models import InstrumentVersion
from assessments.services.refusals import InstrumentRefused
from assessments.services.writing import write_version
from core import clock
from core.reading import message_of
from core.services import record

Content = dict[str, Any]


def put_instrument(version: InstrumentVersion, wanted: InstrumentPlan, *, by: User) -> None:
    """Make the whole version what a file says.

    Raises:
        InstrumentRefused: the version is frozen, the file is of another instrument, or it moves an item between domains.
    """
    if wanted.code != version.instrument.code:
        raise InstrumentRefused(
            [f"The file is of “{wanted.code}”, and this is “{version.instrument.code}”. Choose the other file."]
        )
    _edit(version, lambda plan: wanted.model_dump(), by=by)


def put_settings(version: InstrumentVersion, values: Content, *, by: User) -> None:
    """Change title, rule, scale, minimum, treatments and texts; ``values`` by the names of the file.

    Raises:
        InstrumentRefused: the version is frozen, or a value cannot be used.
    """
    _edit(version, lambda plan: plan | values, by=by)


def put_domain(version: InstrumentVersion, code: str, values: Content, *, is_new: bool = False, by: User) -> None:
    """Change the domain ``code``, or add it at the end; its items stay.

    ``is_new``: it is meant to be added, so a code that is taken is refused instead of changing its domain.

    Raises:
        InstrumentRefused: the version is frozen, or a value cannot be used.
    """

    def change(plan: Content) -> Content:
        domains = plan["domains"]
        if not is_new and any(domain["code"] == code for domain in domains):
            return plan | {"domains": [one | values if one["code"] == code else one for one in domains]}
        return plan | {"domains": [*domains, {"code": code, "items": []} | values]}

    _edit(version, change, by=by)


def remove_domain(version: InstrumentVersion, code: str, *, by: User) -> None:
    """Take a domain out with its items.

    Raises:
        InstrumentRefused: the version is frozen, or there is no such domain.
    """

    def change(plan: Content) -> Content:
        _domain(plan, code)
        return plan | {"domains": [one for one in plan["domains"] if one["code"] != code]}

    _edit(version, change, by=by)


def move_domain(version: InstrumentVersion, code: str, *, by_places: int, by: User) -> None:
    """Move a domain up (negative) or down; at either end it stays.

    Raises:
        InstrumentRefused: the version is frozen, or there is no such domain.
    """

    def change(plan: Content) -> Content:
        domains = plan["domains"]
        return plan | {"domains": _moved(domains, domains.index(_domain(plan, code)), by_places)}

    _edit(version, change, by=by)


def put_item(version: InstrumentVersion, domain: str, item: Content, *, code: str = "", by: User) -> None:
    """Change the item ``code`` into ``item``, in its place; without ``code``, add it at the end of ``domain``.

    An item that stands in another domain moves to the end of this one, unless a frozen version has it where it was.

    Raises:
        InstrumentRefused: the version is frozen, there is no such domain or item, or a value cannot be used.
    """

    def change(plan: Content) -> Content:
        here = _domain(plan, domain)
        place = len(here["items"])
        if code:
            there, at = _item(plan, code)
            place = at if there is here else place
            del there["items"][at]
        here["items"].insert(place, item)
        return plan

    _edit(version, change, by=by)


def remove_item(version: InstrumentVersion, code: str, *, by: User) -> None:
    """Take an item out. The last one of a domain may go as well; such a version cannot be used until it has another.

    Raises:
        InstrumentRefused: the version is frozen, or there is no such item.
    """

    def change(plan: Content) -> Content:
        here, place = _item(plan, code)
        del here["items"][place]
        return plan

    _edit(version, change, by=by)


def move_item(version: InstrumentVersion, code: str, *, by_places: int, by: User) -> None:
    """Move an item up (negative) or down within its domain; at either end it stays.

    Raises:
        InstrumentRefused: the version is frozen, or there is no such item.
    """

    def change(plan: Content) -> Content:
        here, place = _item(plan, code)
        here["items"] = _moved(here["items"], place, by_places)
        return plan

    _edit(version, change, by=by)


@transaction.atomic
def _edit(version: InstrumentVersion, change: Callable[[Content], Content], *, by: User) -> None:
    rows = InstrumentVersion.objects.select_related("instrument").select_for_update(of=("self",))
    row = rows.get(pk=version.pk)
    if row.frozen_at is not None:
        raise InstrumentRefused(["Assessments use this version, so it cannot be changed. Write the next version."])
    before = selectors.plan_of(row)
    after = _checked(change(before.model_dump()))
    if after == before:
        return
    row.is_in_writing, row.edited_at, row.edited_by = True, clock.now(), by
    write_version(row, after)
    record("instrumentversion.changed", row, by=by)


def _checked(content: Content) -> InstrumentPlan:
    try:
        return InstrumentPlan.model_validate(content)
    except ValidationError as error:
        raise InstrumentRefused([_sentence(detail) for detail in error.errors()]) from error


def _sentence(detail: dict) -> str:
    """What is wrong, with the field that it is wrong in; a rule between several things names them in its own words."""
    words = [step for step in detail["loc"] if step not in ("domains", "items")]
    fields = [str(step).replace("_", " ") for step in words if isinstance(step, str)]
    message = message_of(detail, definition.KNOWN_FIELDS)
    return f"{' '.join(fields).capitalize()}: {message}" if fields and detail["type"] != "value_error" else message


def _domain(plan: Content, code: str) -> Content:
    for domain in plan["domains"]:
        if domain["code"] == code:
            return domain
    raise InstrumentRefused([f"There is no domain “{code}” any more. Open the page again."])


def _item(plan: Content, code: str) -> tuple[Content, int]:
    for domain in plan["domains"]:
        for place, item in enumerate(domain["items"]):
            if item["code"] == code:
                return domain, place
    raise InstrumentRefused([f"There is no item “{code}” any more. Open the page again."])


def _moved(things: Sequence[Content], place: int, by_places: int) -> list[Content]:
    rest = [one for at, one in enumerate(things) if at != place]
    rest.insert(max(0, place + by_places), things[place])
    return rest
