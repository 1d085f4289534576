"""Reading back what leaves the house: PDFs by their words, tags and tables, workbooks as they show on the screen."""

import re
import zipfile
from collections import defaultdict
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

import pikepdf

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def words_in(content: bytes) -> str:
    """The text of the PDF as it is drawn: through each font's own table back to letters."""
    with pikepdf.open(BytesIO(content)) as document:
        return " ".join(_page_words(page) for page in document.pages)


def _page_words(page) -> str:
    tables = {name: _table(font) for name, font in page.Resources.Font.items()}
    words, table = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            table = tables[str(operands[0])]
        elif str(operator) == "Tj":
            words.append(_letters(bytes(operands[0]), table))
        elif str(operator) == "TJ":
            words.append("".join(_letters(bytes(one), table) for one in operands[0] if isinstance(one, pikepdf.String)))
        elif str(operator) in ("ET", "EMC"):
            words.append(" ")
    return re.sub(r"\s+", " ", "".join(words))


def _table(font) -> dict[int, str]:
    """From the glyph's number to its letters, by the font's ToUnicode."""
    found = {}
    cmap = font.ToUnicode.read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, letters in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, letters in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int.from_bytes(bytes.fromhex(letters), "big")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(start + step)
    return found


def _letters(raw: bytes, table: dict[int, str]) -> str:
    return "".join(table.get(int.from_bytes(raw[at : at + 2], "big"), "") for at in range(0, len(raw), 2))


def tags_of(document: pikepdf.Pdf) -> list[str]:
    """The structure tree's tags, from top to bottom."""
    return [str(one.S) for one in elements_of(document)]


def elements_of(document: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """The structure tree's elements, from top to bottom."""
    found = []

    def walk(node) -> None:
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                walk(node.K)

    walk(document.Root.StructTreeRoot.K)
    return found


def tables_in(content: bytes) -> list[list[list[str]]]:
    """Every table by its rows and cells, as the structure tree gives them to a screen reader."""
    with pikepdf.open(BytesIO(content)) as document:
        drawn = {page.objgen: _marked_words(page) for page in document.pages}
        tables = [node for node in _nodes(document.Root.StructTreeRoot) if node.get("/S") == "/Table"]
        return [
            [
                [_words_of(cell, drawn) for cell in _nodes(row) if cell.get("/S") in ("/TH", "/TD")]
                for row in _nodes(table)
                if row.get("/S") == "/TR"
            ]
            for table in tables
        ]


def _nodes(node) -> list:
    """The elements below, from top to bottom."""
    kids = node.get("/K", [])
    found = []
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found += [kid, *_nodes(kid)]
    return found


def _words_of(cell, drawn: dict[tuple[int, int], dict[int, str]]) -> str:
    words = []
    for node in [cell, *_nodes(cell)]:
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                words.append(drawn[node.Pg.objgen][kid])
            elif isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
                words.append(drawn[kid.get("/Pg", node.get("/Pg")).objgen][int(kid.MCID)])
    return " ".join(words)


def _marked_words(page) -> dict[int, str]:
    """What is drawn under each mark of the page."""
    tables = {name: _table(font) for name, font in page.Resources.Font.items()}
    words, open_marks, table = defaultdict(str), [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            properties = operands[1] if name == "BDC" else None
            open_marks.append(properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None)
        elif name == "EMC":
            open_marks.pop()
        elif name == "Tf":
            table = tables[str(operands[0])]
        elif name in ("Tj", "TJ"):
            mark = next((one for one in reversed(open_marks) if one is not None), -1)
            parts = operands[0] if name == "TJ" else operands
            words[int(mark)] += "".join(_letters(bytes(one), table) for one in parts if isinstance(one, pikepdf.String))
    return words


def sheet_of(content: bytes, number: int) -> list[list[str]]:
    """A sheet of a workbook, 1 is the first, by rows and cells, each number as its format shows it; empty where nothing is."""
    book = zipfile.ZipFile(BytesIO(content))
    formats = _formats(ElementTree.fromstring(book.read("xl/styles.xml")))
    rows = []
    for row in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{SPACE}row"):
        cells = {}
        for cell in row.iter(f"{SPACE}c"):
            column = re.match(r"[A-Z]+", cell.get("r"))[0]
            cells[column] = _shown(cell, formats[int(cell.get("s", "0"))])
        rows.append(cells)
    columns = sorted({column for row in rows for column in row}, key=lambda one: (len(one), one))
    return [[row.get(column, "") for column in columns] for row in rows]


def _formats(styles: ElementTree.Element) -> list[str]:
    """The number format of each style; those that are built in and stand by number only are "General" here."""
    own = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{SPACE}numFmt")}
    return [own.get(one.get("numFmtId"), "General") for one in styles.find(f"{SPACE}cellXfs")]


def _shown(cell: ElementTree.Element, pattern: str) -> str:
    said = "".join(cell.itertext())
    if cell.get("t") == "inlineStr" or not said:
        return said
    if pattern == "General":
        return f"{Decimal(said).normalize():f}"
    places = re.fullmatch(r"0\.(0+)", pattern)
    return f"{Decimal(said):.{len(places[1])}f}" if places else said
