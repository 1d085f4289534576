"""Write ``requirements.lock``: every installed package at its version, for ``pip install -c``.

Versions only, no hashes: the same file must serve three Python versions and wheels from any mirror.
"""

from importlib.metadata import distributions
from pathlib import Path

HEADER = (
    '# Every package that an installation brings in, at the version that was tested ("make lock" writes this file).\n'
)
NOT_PINNED = {"pip", "setuptools", "wheel"}

if __name__ == "__main__":
    found = {dist.name: dist.version for dist in distributions() if dist.name.lower() not in NOT_PINNED}
    lines = [f"{name}=={found[name]}\n" for name in sorted(found, key=str.lower)]
    Path("requirements.lock").write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"requirements.lock: {len(lines)} packages")
