"""What may not stand in a file: script or style inside a page, and the paths of somebody's machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.architecture.rules import ROOT, rooms

pytestmark = pytest.mark.once

# Not ours to judge (vendored, generated), or not in the repository.
SKIPPED = {".git", ".venv", "var", "vendor", "node_modules", "__pycache__", ".ruff_cache", ".mypy_cache", ".hypothesis"}
SKIPPED |= {".pytest_cache", ".import_linter_cache", ".env", "staticfiles"}
TEXT = {
    "",
    ".py",
    ".md",
    ".txt",
    ".toml",
    ".ini",
    ".yaml",
    ".yml",
    ".html",
    ".css",
    ".js",
    ".sh",
    ".svg",
    ".json",
    ".lock",
}

INLINE = {
    # Data for a script (type application/json) runs nothing, and the policy lets it be.
    "a script inside the page": re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an event handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.I),
    "a javascript: address": re.compile(r"(?:href|src|action)\s*=\s*[\"']\s*javascript:", re.I),
}
# The policy is the site's and holds for pages; a mail is read elsewhere, where style beside the element is all that is kept.
IN_MAIL_ALLOWED = {"a style element", "a style attribute"}
# In pieces, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    "|".join(("/" + "work/", "/" + "root/", r"/home/[a-z]+/", r"\." + "pyenv", "/opt/" + "wheels"))
)
PACKAGE_HOSTS = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", r"registry\." + "npmjs")))


def templates() -> list[Path]:
    """Every page template: the project's folders and each room's. Text mails and PDF sources are no pages."""
    folders = [Path(folder) for engine in settings.TEMPLATES for folder in engine["DIRS"]]
    folders += [room / "templates" for room in rooms()]
    return sorted(file for folder in folders for file in folder.rglob("*.html"))


def files() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts) and path.suffix in TEXT:
            yield path


@pytest.mark.parametrize("what", INLINE)
def test_no_page_has_inline(what):
    found = []
    for file in templates():
        if what in IN_MAIL_ALLOWED and file.parent.name == "mail":
            continue
        text = file.read_text(encoding="utf-8")
        found += [
            f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, hit.start()) + 1}" for hit in INLINE[what].finditer(text)
        ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a script inside the page", '<script nonce="x">go()</script>'),
        ("a style element", "<style>p {}</style>"),
        ("a style attribute", '<p class="a"\n style="color: red">'),
        ("an event handler attribute", "<button type=button onclick='go()'>"),
        ("a javascript: address", '<a href="javascript:go()">'),
    ],
)
def test_each_is_seen(what, text):
    assert INLINE[what].search(text)


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, PACKAGE_HOSTS], ids=["machine paths", "package hosts"])
def test_no_file_speaks_of_somebodys_machine(pattern):
    found = []
    for file in files():
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []
