"""``manage.py export_person EMAIL``: one person's data as JSON, for somebody who asks and cannot sign in."""

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors import person_of
from privacy import exports, services


class Command(BaseCommand):
    help = "Print everything that is kept about one person as JSON. Make sure who asked; the audit trail notes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="an address of the person")

    def handle(self, *args: object, email: str, **options: object) -> None:
        person = person_of(email.strip())
        if person is None:
            raise CommandError(f"Nobody signs in with {email}. Check the address; the admin lists all people.")
        services.note_export(person, by=None)
        self.stdout.write(json.dumps(exports.export_person(person), indent=1, ensure_ascii=False))
