"""One command that runs the whole product on one machine: web, worker and beat, side by side."""

import io
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from collaborative.celery import app
from collaborative.reachability import Unreachable, check_broker, check_database
from collaborative.supervisor import Child, Refused, Supervisor, check_port, take_lock

LOCALHOST = "127.0.0.1"
# The page of a first start compiles templates and reads every app; this is a bound for a slow machine, not a guess.
PAGE_SECONDS = 60
CELERY = ("-m", "celery", "--quiet", "--app", "collaborative")
# Gossip, mingle and heartbeat are for many workers; with one they only wait for nobody.
WORKER = (
    *CELERY, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "INFO",
    "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
BEAT = (*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "")


class Command(BaseCommand):
    help = "Check database, queue and port, migrate, load the programmes, and run web, worker and beat until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        address = f"http://localhost:{settings.PORT}"
        try:
            # The name keeps the lock alive: the kernel gives it back when the file is closed.
            lock = take_lock(settings.VAR_DIR / "serve.lock", address)
            check_port(settings.PORT)
            check_database()
            check_broker(app)
        except (Refused, Unreachable) as error:
            raise CommandError(str(error)) from error
        with lock:
            self._prepare()
            self._run(address)

    def _prepare(self) -> None:
        """Bring the database to this version. In debug also the shipped programmes and, if it is empty, the demo."""
        self.say("Preparing the database (the first time half a minute, for the demo cohort is made too)")
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DEBUG:
            # What these two have to say matters to who calls them; here only their errors do.
            call_command("load_program", "--all", stdout=io.StringIO())
            call_command("demo", "--if-empty", stdout=io.StringIO())
        else:
            call_command("collectstatic", verbosity=0, interactive=False)
        # The children open connections of their own.
        connection.close()

    def _run(self, address: str) -> None:
        supervisor = Supervisor(self._children(), self.say)
        supervisor.start()
        try:
            if supervisor.wait_for_page(f"http://{LOCALHOST}:{settings.PORT}/", PAGE_SECONDS):
                # Beat rings for the first time in a minute; until then the pages would say that no mail is sent.
                app.send_task("collaborative.sweep", expires=settings.SWEEP_SECONDS)
                self._greet(address)
                supervisor.run()
            elif not supervisor.stopping:
                raise CommandError(
                    f"{address} did not answer within {PAGE_SECONDS} seconds. See {settings.VAR_DIR}/log/web.log."
                )
        finally:
            supervisor.stop()
        self.say("Stopped.")

    def _greet(self, address: str) -> None:
        if settings.DEBUG:
            call_command("demo", "--sign-ins", stdout=self.stdout)
        to_files = "filebased" in settings.DELIVERY_EMAIL_BACKEND
        self.say("")
        self.say(f"Mail goes to   {settings.EMAIL_FILE_PATH if to_files else settings.EMAIL_HOST}")
        self.say(f"Logs are in    {settings.VAR_DIR / 'log'}")
        self.say(f"Open           {address}")
        self.say("Ctrl-C stops all of it.")

    def _children(self) -> list[Child]:
        # SQLite has one writer at a time, and the embedded cache lives in one process: one process, many threads.
        processes = 1 if connection.vendor == "sqlite" else 2
        web = (
            "-m", "gunicorn", "collaborative.wsgi:application",
            "--bind", f"{LOCALHOST}:{settings.PORT}",
            "--worker-class", "gthread",
            "--workers", str(processes),
            "--threads", "8",
            "--graceful-timeout", "5",
            "--no-control-socket",
        )  # fmt: skip
        commands = {"web": web, "worker": WORKER, "beat": BEAT}
        log = Path(settings.VAR_DIR) / "log"
        return [
            Child(name, [sys.executable, *words], log / f"{name}.log", settings.BASE_DIR)
            for name, words in commands.items()
        ]

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
