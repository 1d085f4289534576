"""Plan what has come due and deliver it once, without a broker."""

from django.core.management.base import BaseCommand

from collaborative.tasks import run_sweep


class Command(BaseCommand):
    help = "What the clock does once a minute: plan the reminders whose time has come, and deliver what is waiting."
    requires_migrations_checks = False

    def handle(self, **options: object) -> None:
        done = run_sweep()
        self.stdout.write(f"{done['planned']} planned, {done['sent']} sent.")
