"""Does the product import, migrate and walk a small programme on another Python? ``smoke.py INTERPRETER VERSION``.

The environment it needs lives under ``var/`` and is kept from run to run; the pins decide whether it is installed anew.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMPORT_EVERYTHING = """
import importlib, pathlib, django
django.setup()
rooms = [path.parent for path in pathlib.Path().glob("*/apps.py")]
names = [".".join(file.with_suffix("").parts) for room in rooms for file in sorted(room.rglob("*.py"))]
for name in names:
    importlib.import_module(name.removesuffix(".__init__"))
print(len(names), "modules imported on Python", ".".join(map(str, __import__("sys").version_info[:3])))
"""


def environment_for(interpreter: str, version: str) -> Path:
    folder = ROOT / "var" / "smoke" / version
    python = folder / "bin" / "python"
    stamp = folder / "stamp"
    pins = b"".join((ROOT / name).read_bytes() for name in ("requirements.txt", "requirements.lock"))
    wanted = hashlib.sha256(pins).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    subprocess.run([interpreter, "-m", "venv", "--clear", folder], check=True)
    install = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*install, "-r", "requirements.txt", "-c", "requirements.lock"], cwd=ROOT, check=True)
    stamp.write_text(wanted)
    return python


def main() -> None:
    python = environment_for(*sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="smoke-") as folder:
        environment = {
            **os.environ,
            "ENV_FILE": os.devnull,
            "DEBUG": "1",
            "VAR_DIR": folder,
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "collaborative.settings",
        }
        for words in (
            ["-W", "error::SyntaxWarning", "-c", IMPORT_EVERYTHING],
            ["manage.py", "check"],
            ["manage.py", "migrate", "--verbosity", "0"],
            ["manage.py", "load_program", "--all"],
            [
                "manage.py",
                "simulate",
                "health-equity-2024",
                "--applications",
                "4",
                "--teams",
                "2",
                "--seed",
                "1",
                "--json",
            ],
        ):
            print("$ python", *(["-c", "(import every module)"] if "-c" in words else words), flush=True)
            subprocess.run([python, *words], cwd=ROOT, env=environment, check=True, stdout=sys.stdout)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"smoke: exit status {error.returncode}")
