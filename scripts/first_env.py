"""Write a private ``.env`` for this machine the first time; never touch one that is there.

Plain standard library, because it runs before anything of the product can be trusted to be configured.
"""

import os
import secrets
import sys
from pathlib import Path

# Letters that cannot be taken for one another when somebody types the password from a terminal.
PLAIN_LETTERS = "abcdefghjkmnpqrstuvwxyz"
PLAIN_DIGITS = "23456789"


def readable_password() -> str:
    """Four groups such as ``kvtm-hwxe-qpza-4827``: about 73 bits, and it survives being read out."""
    groups = ["".join(secrets.choice(PLAIN_LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join([*groups, "".join(secrets.choice(PLAIN_DIGITS) for _ in range(4))])


def content() -> str:
    return f"""# Written by the first "make run" for this machine alone: private, and not in git. Every variable: .env.example
DEBUG=1
PORT=8000
SECRET_KEY={secrets.token_urlsafe(50)}
LINK_KEY={secrets.token_urlsafe(32)}
AUDIT_KEY={secrets.token_urlsafe(32)}
# The password of every demo account. It opens nothing but synthetic people in your own database.
DEMO_PASSWORD={readable_password()}
"""


def write_first(path: Path) -> bool:
    """Create ``path`` with mode 600 and fresh keys. Returns False, and changes nothing, where it exists.

    The file appears whole or not at all: an interrupted first start must not leave half the keys behind.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


if __name__ == "__main__":
    target = Path(sys.argv[1])
    if write_first(target):
        print(f"Wrote {target}: keys for this machine, readable by you alone.")
