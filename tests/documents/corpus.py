"""Files, good and bad, made on the spot: name, content, and what becomes of each."""

import io
import struct
import zipfile
import zlib

from PIL import Image

OFFICE = "application/vnd.openxmlformats-officedocument."
MAINS = {
    "docx": ("word/document.xml", f"{OFFICE}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}presentationml.presentation.main+xml"),
}
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def archive(parts: dict[str, bytes], comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
        file.comment = comment
    return buffer.getvalue()


def office(ending: str, more: dict[str, bytes] | None = None, types: str = "") -> bytes:
    part, declared = MAINS[ending]
    types = types or f'<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="{declared}"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), part: b"<x/>", **(more or {})})


def picture(form: str, size: tuple[int, int] = (3, 2), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, form, **options)
    return buffer.getvalue()


def enormous_png() -> bytes:
    """60,000 by 60,000 pixels in a head that is right, and next to nothing behind it."""
    parts = [
        (b"IHDR", struct.pack(">2L5B", 60_000, 60_000, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new)


def lying() -> bytes:
    """A part that unpacks to a million bytes and declares ten, in both of its heads."""
    content = office("docx", {"word/media/a.bin": bytes(1_000_000)})
    return patched(content, struct.pack("<L", 1_000_000), struct.pack("<L", 10))


def with_password() -> bytes:
    """The bit that says “encrypted”, set for the first part in its own head and in the directory."""
    content = bytearray(office("docx"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


MACRO_TYPES = '<Types><Default ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
CAMERA = picture("JPEG") + b"SEFT" + bytes(40)  # telephones write more behind the end of a picture

# name -> (content, the kind that is found)
GOOD = {
    "plan.pdf": (PDF, "application/pdf"),
    "PLAN.PDF": (PDF + b"\r\n\r\n", "application/pdf"),
    "plan": (PDF, "application/pdf"),
    "plan.v2.final.pdf": (PDF, "application/pdf"),
    "chart.png": (picture("PNG"), "image/png"),
    "photo.jpg": (picture("JPEG"), "image/jpeg"),
    "photo.jpeg": (CAMERA, "image/jpeg"),
    "letter.docx": (office("docx"), f"{OFFICE}wordprocessingml.document"),
    "figures.xlsx": (office("xlsx"), f"{OFFICE}spreadsheetml.sheet"),
    "talk.pptx": (office("pptx"), f"{OFFICE}presentationml.presentation"),
    "figures.csv": (b"month,rate\n2024-01,0.4\n", "text/csv"),
    "bom.csv": (b"\xef\xbb\xbfmonth,rate\n", "text/csv"),
    "notes.txt": ("Größe der Praxis: 5 < 7 “beds”".encode(), "text/plain"),
    "western.txt": ("Größe “beds”".encode("cp1252"), "text/plain"),
    "letters.txt": (("é" * 70_000).encode(), "text/plain"),  # a letter is cut in two where the pieces meet
}

# what -> (name, content, words of the refusal)
BAD = {
    "program": ("plan.pdf", b"MZ\x90\x00" + bytes(60), "a Windows program"),
    "linux program": ("plan.pdf", b"\x7fELF" + bytes(60), "a program"),
    "script": ("run.txt", b"#!/bin/sh\nrm -r x\n", "a script"),
    "old Word": ("plan.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "in the old format or with a password"),
    "rich text": ("plan.rtf", b"{\\rtf1 x}", "a rich text file"),
    "web page": ("page.html", b"<!DOCTYPE html><p>x", "with markup"),
    "web page as text": ("page.txt", b"hello <ScRipt>alert(1)</script>", "with markup"),
    "markup far in": ("page.csv", b"a" * 65_530 + b"<script>", "with markup"),
    "svg": ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "with markup"),
    "svg as png": ("logo.png", b"<?xml version='1.0'?><svg/>", "with markup"),
    "gif": ("a.gif", b"GIF89a" + bytes(20), "a GIF picture"),
    "webp": ("a.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a WebP picture"),
    "heic": ("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(20), "an HEIC picture"),
    "film": ("a.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(20), "a film"),
    "noise": ("a.bin", bytes(range(256)), "do not know"),
    "NUL in text": ("a.txt", b"one\x00two", "do not know"),
    "no letters": ("a.txt", b"\x81\x8d\x8f one", "do not know"),
    "UTF-16": ("a.csv", "month".encode("utf-16"), "UTF-16"),
    "png as pdf": ("plan.pdf", picture("PNG"), "inside it is a PNG picture"),
    "pdf as docx": ("plan.docx", PDF, "inside it is a PDF"),
    "double ending": ("plan.pdf.exe", PDF, "“.exe”, but inside it is a PDF"),
    "text as pdf": ("plan.pdf", b"just words", "inside it is plain text"),
    "xlsx as docx": ("plan.docx", office("xlsx"), "inside it is an Excel workbook"),
    "cut pdf": ("plan.pdf", PDF[:-8], "not whole"),
    "pdf and more": ("plan.pdf", PDF + b"<script>x</script>", "something stands behind its end"),
    "pdf and archive": ("plan.pdf", PDF + archive({"a.txt": b"x"}), "archive is hidden"),
    "pdf in an archive's comment": ("plan.pdf", PDF + archive({"a": b"x"}, comment=b"\n%%EOF"), "archive is hidden"),
    "png and archive": ("a.png", picture("PNG") + archive({"a": b"x"}), "archive is hidden"),
    "png and more": ("a.png", picture("PNG") + b"more", "damaged"),
    "png and page": ("a.png", picture("PNG") + b"<html>", "hidden in this picture"),
    "cut png": ("a.png", picture("PNG")[:-20], "damaged"),
    "wrong check sum": ("a.png", patched(picture("PNG"), b"IDAT", b"IDAT\x01")[:-1], "damaged"),
    "enormous png": ("a.png", enormous_png(), "million pixels"),
    "jpeg and pdf": ("a.jpg", picture("JPEG", comment=b"%PDF-1.4"), "hidden in this picture"),
    "cut jpeg": ("a.jpg", picture("JPEG", (400, 400))[:700], "damaged"),
    "archive": ("a.zip", archive({"a.txt": b"x"}), "a compressed archive"),
    "archive as docx": ("a.docx", archive({"a.txt": b"x"}), "a compressed archive"),
    "open document": ("a.odt", archive({"mimetype": b"application/vnd.oasis"}), "OpenDocument"),
    "macros declared": ("a.docm", office("docx", types=MACRO_TYPES), "macros"),
    "macros inside": ("a.xlsx", office("xlsx", {"xl/vbaProject.bin": b"x"}), "macros"),
    "macro sheets": ("a.xlsx", office("xlsx", {"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
    "password": ("a.docx", with_password(), "has a password"),
    "two kinds at once": ("a.docx", office("docx", types=f'"{MAINS["docx"][1]}" "{MAINS["xlsx"][1]}"'), "archive"),
    "declared elsewhere": ("a.docx", office("docx", types='<!DOCTYPE x [<!ENTITY a "b">]><Types/>'), "damaged"),
    "a path out": ("a.docx", office("docx", {"../../etc/cron.d/x": b"x"}), "damaged"),
    "bomb": ("a.docx", office("docx", {"word/media/a.bin": bytes(12_000_000)}), "something enormous"),
    "lies about its size": ("a.docx", lying(), "damaged"),
    "archive behind a program": ("a.docx", b"PK\x03\x04MZ" + bytes(50) + office("docx"), "damaged"),
    "archive with a tail": ("a.docx", office("docx") + b"tail", "damaged"),
    "cut archive": ("a.docx", office("docx")[:-30], "damaged"),
    "empty archive": ("a.docx", archive({}), "archive"),
}
