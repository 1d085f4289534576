"""Loading instruments from files: a draft is replaced, a frozen edition is followed by a new number."""

from django.db import transaction

from accounts.models import User
from assessments.definition import InstrumentFile
from assessments.models import Instrument, InstrumentVersion
from assessments.services.writing import write_version
from core import clock
from core.services import record


@transaction.atomic
def load_instrument(definition: InstrumentFile, *, by: User | None = None) -> InstrumentVersion:
    """Make the newest version of the instrument say what ``definition`` says, and return it.

    The same content as the newest version changes nothing and leaves no audit row. Other content replaces a draft in
    place; once an assessment has used the newest version, it becomes the next number. An instrument that staff have
    edited stays as it is, whatever the file says: the version that a round would begin with is returned.

    Raises:
        InstrumentRefused: an item stands in another domain than in a frozen version.
    """
    instrument, _ = Instrument.objects.get_or_create(code=definition.code, defaults={"title": definition.title})
    # The lock keeps a team from starting (and so freezing) the draft while it is being replaced.
    versions = list(instrument.versions.select_for_update().order_by("number"))
    if any(version.edited_at for version in versions):
        return next((one for one in reversed(versions) if not one.is_in_writing), versions[-1])
    newest = versions[-1] if versions else None
    if newest is not None and newest.content_sha256 == definition.sha256:
        return newest
    if newest is None or newest.frozen_at is not None:
        number = newest.number + 1 if newest else 1
        newest = InstrumentVersion(number=number, created_at=clock.now(), based_on=newest)
    newest.instrument = instrument
    write_version(newest, definition)
    record("instrumentversion.loaded", newest, by=by, fields=["content_sha256"])
    return newest
