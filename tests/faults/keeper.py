"""The worker and two beats, started and kept as ``serve`` keeps them: ``python -m tests.faults.keeper``, until SIGTERM."""

import sys
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from django.conf import settings

    from collaborative.management.commands.serve import BEAT, WORKER
    from collaborative.supervisor import Child, Supervisor

    folder = Path(settings.VAR_DIR)
    programs = {
        "worker": WORKER,
        "beat": (*BEAT, "--schedule", str(folder / "beat-1")),
        "second beat": (*BEAT, "--schedule", str(folder / "beat-2")),
    }
    supervisor = Supervisor(
        [
            Child(name, [sys.executable, *words], folder / f"{name}.log", settings.BASE_DIR)
            for name, words in programs.items()
        ],
        lambda line: print(line, flush=True),
    )
    supervisor.start()
    try:
        supervisor.run()
    finally:
        supervisor.stop()


if __name__ == "__main__":
    main()
