"""``manage.py load_instrument FILE``: what a file of an instrument would change, and with ``--apply`` take it."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments import selectors, services
from assessments.definition import InstrumentFile, InvalidInstrument, compare, read
from core.refusals import Refused


class Command(BaseCommand):
    help = "Prints what a YAML file of an instrument would change; --apply takes it as what the next round begins with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="take it, instead of only printing")

    def handle(self, *args: object, file: Path, apply: bool, **options: object) -> None:
        wanted = _read(file)
        present = selectors.last_version(wanted.code)
        if present and present.instrument.versions.exclude(edited_at=None).exists():
            raise CommandError(
                f"Staff have edited “{wanted.code}”, so files leave it alone. Take the file in the admin."
            )
        for line in _changes(wanted):
            self.stdout.write(line)
        if apply:
            try:
                version = services.load_instrument(wanted)
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(f"Taken: {version}.")


def _read(file: Path) -> InstrumentFile:
    try:
        return read(file)
    except InvalidInstrument as error:
        raise CommandError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}.") from error


def _changes(wanted: InstrumentFile) -> list[str]:
    present = selectors.last_version(wanted.code)
    if present is None:
        return [f"“{wanted.title}” is new: {len(wanted.domains)} domains, {len(wanted.items)} items."]
    return compare(selectors.plan_of(present), wanted).sentences or [f"The file says what {present} says already."]
