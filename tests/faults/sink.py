"""A real SMTP server for tests under fault: what it took stands in a file before it answers 250.

Run as a program: ``python -m tests.faults.sink PORT LOG STOP [--fast]``. The log is the relay's: one line a message,
``<Message-ID> <address>``. ``tests.faults.relay`` is the interface through which the product asks it. While the file STOP exists,
what has been taken is not answered, and a file of the same name ending in ``.holds`` says that this is so.
"""

import asyncio
import os
import sys
import time
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, log: Path, stop: Path, *, is_fast: bool) -> None:
        self._log = log.open("ab", buffering=0)
        self._stop = stop
        self._is_fast = is_fast

    async def handle_DATA(self, server: SMTP, session: object, envelope: object) -> str:
        message_id = message_from_bytes(envelope.content)["Message-ID"].strip()
        self._log.write(f"{message_id} {envelope.rcpt_tos[0]}\n".encode())
        if not self._is_fast:
            os.fsync(self._log.fileno())
        if self._stop.exists():
            self._hold(self._stop)
        return "250 Taken"

    def _hold(self, stop: Path) -> None:
        """Everybody waits: nothing else is taken meanwhile."""
        holds = stop.with_suffix(".holds")
        holds.touch()
        while stop.exists():
            time.sleep(0.01)
        holds.unlink()


def taken(log: Path) -> list[str]:
    """The Message-IDs in the order in which they were taken, repeats included."""
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


def main() -> None:
    port, log = int(sys.argv[1]), Path(sys.argv[2])
    stop = Path(sys.argv[3])
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = UnthreadedController(
        Handler(log, stop, is_fast="--fast" in sys.argv), hostname="127.0.0.1", port=port, loop=loop
    )
    controller.begin()
    loop.run_forever()


if __name__ == "__main__":
    main()
