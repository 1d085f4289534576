"""``manage.py clone_cohort CODE NEW_CODE --weeks N --title TITLE``: the next run of a cohort."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from core.refusals import Refused
from dashboards.services import clone_cohort
from programs.models import Cohort


class Command(BaseCommand):
    help = "Clone a cohort, moved by whole weeks: weekdays stay, and quarter ends stay quarter ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cohort", help="the code of the cohort to clone")
        parser.add_argument("code", help="the code of the new cohort")
        parser.add_argument("--weeks", type=int, required=True, help="how many weeks later; negative for earlier")
        parser.add_argument("--title", required=True, help="the title of the new cohort")

    def handle(self, *args: object, **options: object) -> None:
        cohort = Cohort.objects.filter(code=options["cohort"]).first()
        if cohort is None:
            known = ", ".join(Cohort.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no cohort “{options['cohort']}”. Known cohorts: {known}.")
        try:
            clone = clone_cohort(cohort, code=options["code"], title=options["title"], weeks=options["weeks"])
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{clone.code}: starts on {clone.starts_on}")
        for milestone in clone.milestones.all():
            until = "" if milestone.starts_on == milestone.ends_on else f" to {milestone.ends_on}"
            self.stdout.write(f"  {milestone.code:<20} {milestone.starts_on}{until}")
