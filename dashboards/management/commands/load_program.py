"""``manage.py load_program CODE | PATH | --all``: bring programs to what their files say, and show what that changes."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.refusals import Refused
from dashboards.services import install_program
from programs.definition import DefinitionError, ProgramFile, catalog, read
from programs.services import Change


class Command(BaseCommand):
    help = "Load a program from the catalog or from a file. Loading again changes nothing, and staff's dates stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("program", nargs="*", help="codes of shipped programs, or paths of files")
        parser.add_argument("--all", action="store_true", help="every shipped program")

    def handle(self, *args: object, **options: object) -> None:
        definitions = _definitions(_paths(options["program"], everything=options["all"]))
        try:
            with transaction.atomic():
                loaded = [(one.program.code, install_program(one)) for one in definitions]
        except Refused as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for code, changes in loaded:
            self._show(code, changes, verbosity=int(options["verbosity"]))

    def _show(self, code: str, changes: list[Change], *, verbosity: int) -> None:
        """One line a change; what is unchanged is only counted, unless asked for with ``-v 2``."""
        told = [change for change in changes if verbosity > 1 or change.verb != "unchanged"]
        same = sum(change.verb == "unchanged" for change in changes)
        self.stdout.write(f"{code}: {len(changes) - same} changes, {same} unchanged")
        for change in told:
            self.stdout.write(f"  {change}")


def _paths(names: list[str], *, everything: bool) -> list[Path]:
    """The files that are meant; a name with a slash or an ending is a path, any other a code of the catalog."""
    known = catalog()
    if everything:
        return list(known.values())
    if not names:
        raise CommandError(f"Name a program or a file, or say --all. Known programs: {', '.join(known)}.")
    paths = [known.get(name) or Path(name) for name in names]
    for name, path in zip(names, paths, strict=True):
        if name not in known and not path.suffix and not path.exists():
            raise CommandError(f"There is no program “{name}”. Known programs: {', '.join(known)}.")
    return paths


def _definitions(paths: list[Path]) -> list[ProgramFile]:
    """Every file is read before the first is loaded; the problems of all are told together."""
    definitions, problems = [], []
    for path in paths:
        try:
            definitions.append(read(path))
        except DefinitionError as error:
            problems.append(str(error))
    if problems:
        raise CommandError("Nothing was loaded.\n" + "\n".join(problems))
    return definitions
