"""``make fuzz``: 100,000 forged posts to every form, on SQLite and on PostgreSQL (TEST_DATABASE_URL, or the local one).

FUZZ_POSTS says how many to each database, FUZZ_SEED which; ten runs of a tenth each, for memory's sake. The two databases
are tried beside each other, a core for each.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from test import ROOT, postgresql

RUNS = 10


def whole(url: str, posts: int, seed: int) -> bool:
    """Every run against one database; whether all went well."""
    well = True
    for number in range(RUNS):
        words = {"TEST_DATABASE_URL": url, "FUZZ_POSTS": str(posts // RUNS), "FUZZ_SEED": str(seed + number)}
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--timeout", "3600"]
        done = subprocess.run(
            [*pytest, "-k", "whatever", "tests/fuzz"], cwd=ROOT, env={**os.environ, "TEST_REDIS_URL": "", **words}
        )
        well &= done.returncode == 0
    return well


def main() -> int:
    posts, seed = int(os.environ.get("FUZZ_POSTS", 100_000)), int(os.environ.get("FUZZ_SEED", 1))
    database, why_not = postgresql()
    if not database:
        print(f"No PostgreSQL: {why_not}. Only SQLite is tried.")
    urls = list(filter(None, ("sqlite://:memory:", database)))
    with ThreadPoolExecutor(len(urls)) as both:
        well = list(both.map(lambda url: whole(url, posts, seed), urls))
    return 0 if all(well) and database else 1


if __name__ == "__main__":
    sys.exit(main())
