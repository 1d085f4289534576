"""``manage.py tidy_files [--delete]``: show, or remove, files that nothing refers to."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from documents.services import tidy, untidy


class Command(BaseCommand):
    help = "Show uploaded files that nothing refers to and that are older than a day; with --delete, remove them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="remove them; without it they are only listed")

    def handle(self, *args: object, **options: object) -> None:
        found = untidy()
        for path in found.orphans:
            self.stdout.write(f"no row: {path.name}")
        for path in found.leftovers:
            self.stdout.write(f"unfinished upload: {path.name}")
        for file in found.unreferenced:
            self.stdout.write(f"nothing refers to it: file {file.pk}, {file.size} bytes")
        for file in found.missing:
            self.stderr.write(f"MISSING CONTENT: file {file.pk}, {file.file.name}. Restore it from a backup.")
        if options["delete"]:
            self.stdout.write(f"{tidy(found)} removed.")
        else:
            count = len(found.orphans) + len(found.leftovers) + len(found.unreferenced)
            self.stdout.write(f"{count} would be removed. Nothing was changed; say --delete to remove them.")
