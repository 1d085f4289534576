"""``make fuzz``: 100,000 forged posts to every form, on SQLite and on PostgreSQL (TEST_DATABASE_URL, or the local one).

FUZZ_POSTS says how many to each database, FUZZ_SEED which; ten runs of a tenth each, for memory's sake.
"""

import os
import subprocess
import sys

from test import ROOT, postgresql

RUNS = 10


def main() -> int:
    posts, seed = int(os.environ.get("FUZZ_POSTS", 100_000)), int(os.environ.get("FUZZ_SEED", 1))
    database, why_not = postgresql()
    if not database:
        print(f"No PostgreSQL: {why_not}. Only SQLite is tried.")
    failed = False
    for url in filter(None, ("sqlite://:memory:", database)):
        for number in range(RUNS):
            words = {"TEST_DATABASE_URL": url, "FUZZ_POSTS": str(posts // RUNS), "FUZZ_SEED": str(seed + number)}
            pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--timeout", "3600"]
            failed |= (
                subprocess.run(
                    [*pytest, "-k", "whatever", "tests/fuzz"],
                    cwd=ROOT,
                    env={**os.environ, "TEST_REDIS_URL": "", **words},
                ).returncode
                != 0
            )
    return 1 if failed or not database else 0


if __name__ == "__main__":
    sys.exit(main())
