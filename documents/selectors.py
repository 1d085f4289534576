"""Reading about files: how much of a quota is used, and how the scanning goes."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from core import wording
from documents.models import ScanState, StoredFile

MOST_TRIES = 3
MB = 1_000_000


@dataclass(frozen=True)
class Use:
    """Number of files and their bytes together."""

    files: int
    size: int


@dataclass(frozen=True)
class Scans:
    """How many files are in which state. ``given_up`` are among ``not_scanned``: the scanner failed on them three times."""

    files: int
    size: int
    not_scanned: int
    given_up: int
    refused: int
    has_scanner: bool

    @property
    def size_in_words(self) -> str:
        return wording.file_size(self.size)


def use_of(quota_key: str) -> Use:
    found = StoredFile.objects.filter(quota_key=quota_key).aggregate(files=Count("pk"), size=Sum("size"))
    return Use(found["files"], found["size"] or 0)


def scans() -> Scans:
    """For the status page; one query."""
    unscanned = Q(scan_state=ScanState.NOT_SCANNED)
    found = StoredFile.objects.aggregate(
        files=Count("pk"),
        total=Sum("size"),
        not_scanned=Count("pk", filter=unscanned),
        given_up=Count("pk", filter=unscanned & Q(scan_tries__gte=MOST_TRIES)),
        refused=Count("pk", filter=Q(scan_state=ScanState.REFUSED)),
    )
    size = found.pop("total") or 0
    return Scans(**found, size=size, has_scanner=bool(settings.FILE_SCANNER))


def waiting() -> QuerySet[StoredFile]:
    """What the scanner has yet to see, the oldest first."""
    return StoredFile.objects.filter(scan_state=ScanState.NOT_SCANNED, scan_tries__lt=MOST_TRIES).order_by("pk")


def unreferenced() -> QuerySet[StoredFile]:
    """Files to which no row of any room refers: what a save that was refused, or a retention rule, left behind."""
    found = StoredFile.objects.all()
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            found = found.filter(~Exists(rows))
    return found
