"""The form field for one file that is kept: upload, what is there now, and its removal. It works without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import wording
from documents.models import ScanState, StoredFile
from documents.rules import ALL, Kind, listed
from documents.services import Checked, FileRefused, check


class Unchanged(Enum):
    """What the field says where nobody chose or removed anything."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True)
class ShownFile:
    """The file that is there now, as the template shows it. ``url``: where the owner's room serves it."""

    name: str
    size: str
    url: str
    is_refused: bool

    @classmethod
    def of(cls, file: StoredFile, url: str) -> "ShownFile":
        is_refused = file.scan_state == ScanState.REFUSED
        return cls(file.original_name, wording.file_size(file.size), url, is_refused)


class RemovableFile(forms.ClearableFileInput):
    """An upload beats a check mark at “Remove”: whoever chooses a new file wants it."""

    def value_from_datadict(self, data: Mapping, files: Mapping, name: str) -> UploadedFile | bool | None:
        upload = files.get(name)
        if upload is not None:
            return upload
        is_removed = forms.CheckboxInput().value_from_datadict(data, files, self.clear_checkbox_name(name))
        return False if is_removed else None


class UploadField(forms.Field):
    """Its clean value is a ``Checked`` upload, None (removed) or UNCHANGED.

    ``shown``: the file that is there now. ``required`` only decides whether the label says “optional”: a draft may lack it.
    """

    widget = RemovableFile

    def __init__(self, *, shown: ShownFile | None = None, allowed: Sequence[Kind] = ALL, **options: object) -> None:
        super().__init__(**options)
        self.shown, self.allowed = shown, allowed
        self.widget.is_required = False  # what is there can be removed from a draft
        # Telephones change their pictures into what is asked for.
        self.widget.attrs["accept"] = ",".join(suffix for kind in allowed for suffix in kind.suffixes)

    def clean(self, value: UploadedFile | bool | None) -> Checked | Unchanged | None:
        if value is None:
            return UNCHANGED
        if value is False:
            return None if self.shown else UNCHANGED
        try:
            return check(value, allowed=self.allowed)
        except FileRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def bound_data(self, data: object, initial: object) -> object:
        return initial

    def prepare_value(self, value: object) -> ShownFile | None:
        """A browser never gets an upload back: what is shown is what is stored."""
        return self.shown

    def has_changed(self, initial: object, data: object) -> bool:
        return data is not None


def limits_in_words(allowed: Sequence[Kind] = ALL) -> str:
    """“PDF or PNG, at most 20 MB.”"""
    return _("%(kinds)s, at most %(size)s MB.") % {"kinds": listed(allowed), "size": settings.MAX_UPLOAD_MB}
