"""Deliver the mail that is due, without a broker."""

import logging
import signal
import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from notifications.services import send_due

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Deliver what is due in the outbox. With --loop, go on until stopped."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until Ctrl-C or SIGTERM")
        parser.add_argument("--pause", type=float, default=5.0, metavar="SECONDS", help="between two looks with --loop")

    def handle(self, **options: object) -> None:
        if not options["loop"]:
            self.stdout.write(f"{send_due()} sent.")
            return
        self._stopped = False
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, self._stop)
        while not self._stopped:
            if not self._send():
                time.sleep(options["pause"])

    def _send(self) -> int:
        """A database that is away, or goes away midway, is waited for; what was begun is settled when its lease ends."""
        close_old_connections()
        try:
            return send_due()
        except (OperationalError, InterfaceError) as error:
            logger.warning("The database cannot be reached: %s", error)
            return 0

    def _stop(self, *_: object) -> None:
        """Finish the batch in hand first: what is claimed is sent or put back, not left to its lease."""
        self._stopped = True
