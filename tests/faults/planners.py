"""Four processes plan the same N mails at the same moment: ``python -m tests.faults.planners N [--without order]``."""

import os
import random
import sys

import django

PLANNERS = 4


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "collaborative.settings"
    django.setup()
    from notifications.services import outbox

    if "--without" in sys.argv:
        outbox.sorted = lambda rows, key: random.sample(rows := list(rows), len(rows))
    gate, opener = os.pipe()
    children = [_fork(gate, opener) for _ in range(PLANNERS)]
    os.close(opener)  # now all of them read the end
    for child in children:
        os.waitpid(child, 0)


def _fork(gate: int, opener: int) -> int:
    child = os.fork()
    if child:
        return child
    random.seed(os.getpid())
    os.close(opener)
    from tests.faults.fill import write

    try:
        os.read(gate, 1)
        write(0, int(sys.argv[1]))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
