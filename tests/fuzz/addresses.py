"""Every address of the product with an object for each of its arguments, read from the URL table."""

import re
from collections.abc import Iterator, Mapping

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from applications.models import Export
from programs.models import Milestone, Reminder

# What stands for arguments that name no row of ours.
OTHERS = {
    "app_label": "programs",
    "content_type_id": "1",
    "url": "nowhere",
    "uidb36": "1",
    "key": "set-password",
    # Of a call's form, its questions before an application, and a copy of it (tests/access/objects.py).
    "code": "problem",
    "kind": "yaml",
}


def every_name(
    resolver: URLResolver | None = None, spaces: tuple[str, ...] = (), given: frozenset[str] = frozenset()
) -> Iterator[tuple[str, set[str]]]:
    """(name with its namespaces, the names of its arguments) of every address that has a name."""
    for entry in (resolver or get_resolver()).url_patterns:
        arguments = given | set(entry.pattern.regex.groupindex) | set(entry.pattern.converters)
        if isinstance(entry, URLResolver):
            yield from every_name(entry, (*spaces, entry.namespace) if entry.namespace else spaces, arguments)
        elif isinstance(entry, URLPattern) and entry.name:
            yield ":".join((*spaces, entry.name)), set(arguments)


def every_address(objects: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Url name -> path. ``objects``: the arguments of our own addresses (tests/access/objects.py).

    Raises:
        LookupError: an address has an argument for which nothing is here.
    """
    found, missing = {}, []
    for name, arguments in every_name():
        values = objects.get(name) or _of_others(name, arguments)
        try:
            found[name] = reverse(name, kwargs=values)
        except NoReverseMatch:
            # Of our own addresses, tests/access says so.
            missing += [f"{name} {sorted(arguments)}"] if "public_id" not in arguments else []
    if missing:
        raise LookupError("tests/fuzz/addresses.py has no object for:\n" + "\n".join(missing))
    return found


def _of_others(name: str, arguments: set[str]) -> dict[str, object]:
    """The arguments of an address of the admin or of allauth, by their names."""
    values = {one: OTHERS[one] for one in arguments & set(OTHERS)}
    if keys := arguments & {"object_id", "pk"}:
        values |= dict.fromkeys(keys, _key_of(name))
    if arguments & {"line", "milestone"}:
        line = Reminder.objects.order_by("pk").first()
        values["pk"] = line.milestone.cohort_id
        values |= {one: {"line": line.pk, "milestone": line.milestone_id}[one] for one in arguments - {"pk"}}
    if "export" in arguments:
        table = Export.objects.order_by("pk").first()
        values |= {"pk": table.call_id, "export": table.pk} if table else {"pk": 1, "export": 1}
    return values


def _key_of(name: str) -> int:
    """The key of the model's first row that the admin shows, or of a row that is not there."""
    hit = re.fullmatch(r"admin:([a-z_]+?)_([a-z]+)_[a-z_]+", name)
    for model in admin.site._registry:
        options = model._meta
        if hit and name.startswith(f"admin:{options.app_label}_{options.model_name}_"):
            if model is Milestone:
                return Reminder.objects.order_by("pk").first().milestone_id
            row = apps.get_model(options.label)._base_manager.order_by("pk").first()
            return row.pk if row else 1
    return 1
