"""Reading a file that people write: YAML with the line of every value, and what pydantic says in our words.

Everything that is wrong is told with its line and its field, and nothing is half read. No word of the domain, no Django.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from types import ModuleType
from typing import NamedTuple

import yaml
from pydantic import BaseModel
from pydantic_core import ErrorDetails

DEPTH = 20
LARGEST = 1_000_000  # characters
LINE_END = re.compile(r"\r\n?")
Location = tuple[str | int, ...]


class Problem(NamedTuple):
    """One thing that is wrong. ``field`` is a path such as ``cohorts[0].milestones[2].starts``; empty for the whole file."""

    name: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        return f"{self.name}:{self.line}: {field}{self.message}"


class Unreadable(ValueError):
    """The file cannot be used. ``problems`` has every reason, in the order of the lines; ``str`` is one line each."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def sentences(self) -> list[str]:
        """For a person who has just chosen the file and knows its name."""
        return [f"Line {one.line}{', ' if one.field else ''}{one.field}: {one.message}" for one in self.problems]


# --- YAML: plain words, whole numbers, decimals, true, false and null; every other scalar is text ------------------------
class _Loader(yaml.SafeLoader):
    """A loader whose ``23:59`` is text (YAML 1.1 reads 1439), with neither aliases nor bottomless nesting."""

    yaml_implicit_resolvers: dict = {}
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not used here; write it out", problem_mark=mark)
        self.depth += 1
        if self.depth > DEPTH:
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="is nested too deeply; check the indentation", problem_mark=mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", "-+0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


@dataclass
class Document:
    """The values of a file, and the line (from 1) on which each stands, by its path."""

    value: object
    lines: dict[Location, int]

    def line(self, path: Location) -> int:
        """The line of ``path``, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def known(self, path: Location) -> Location:
        """``path`` without the steps that pydantic adds inside unions, so it names what is in the file."""
        while path and path not in self.lines and path[:-1] not in self.lines:
            path = path[:-1]
        return path


def parse(text: str, name: str, *, where: str) -> Document:
    """The values of a YAML text with their lines. ``where`` names the page that documents the format.

    Raises:
        Unreadable: it is empty, is not YAML, or uses what is not used here; ``name`` stands before every problem.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)  # a SafeLoader: noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = ", ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable([Problem(name, mark.line + 1 if mark else 1, "", f"{what}.")]) from error
    except yaml.YAMLError as error:  # a character that YAML does not allow has a position and no line
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise Unreadable([Problem(name, line, "", f"{getattr(error, 'reason', 'is not YAML')}.")]) from error
    if node is None:
        raise Unreadable([Problem(name, 1, "", f"is empty. See {where} for the format.")])
    reader = _Reader(name)
    value = reader.value(node, ())
    if reader.problems:
        raise Unreadable(reader.problems)
    return Document(value, reader.lines)


class _Reader:
    """Turns nodes into values, keeps the lines, and finds the keys that are there twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self.scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Location) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Location) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, child in node.value:
            line, key = key_node.start_mark.line + 1, str(key_node.value)
            here = (*path, key)
            if key in found:
                message = f"is there twice (first on line {self.lines[here]}). Keep one of the two."
                self.problems.append(Problem(self.name, line, field_of(here), message))
                continue
            self.lines[here] = line
            found[key] = self.value(child, here)
        return found

    def _scalar(self, node: yaml.Node, path: Location) -> object:
        kind = node.tag.rpartition(":")[2]
        if kind in ("int", "float"):
            return int(node.value) if kind == "int" else float(node.value)
        if kind in ("bool", "null"):
            return node.value == "true" if kind == "bool" else None
        if kind != "str":
            message = f"has the tag {node.tag}, which is not used here. Remove it."
            self.problems.append(Problem(self.name, node.start_mark.line + 1, field_of(path), message))
        return node.value


# --- pydantic's errors in our words -------------------------------------------------------------------------------------
def fields_in(*modules: ModuleType) -> list[str]:
    """The names of all fields of the pydantic models in ``modules``: what “Did you mean …?” chooses from."""
    models = [
        item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, BaseModel)
    ]
    return sorted({field for model in models for field in model.model_fields})


def message_of(detail: ErrorDetails, known_fields: Iterable[str]) -> str:
    """One of pydantic's errors as a sentence that says what to do."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return "is missing. Add it."
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        near = get_close_matches(key, sorted(known_fields), n=1)
        return "is not a known field. " + (f"Did you mean “{near[0]}”?" if near else "Remove it, or correct its name.")
    if kind == "literal_error":
        return f"“{detail['input']}” is not known. Use {context['expected']}."
    if kind == "string_too_long":
        return f"is too long: {context['max_length']} characters at most. Shorten it."
    if kind == "too_short" and context["min_length"] == 1:
        return "is empty. Add at least one."
    if kind == "value_error":
        return str(context["error"])
    if kind == "model_type":
        return "is not made of fields. Write one “field: value” a line."
    return f"{detail['msg'][0].lower()}{detail['msg'][1:]}, not {detail['input']!r:.60}. Correct it."


def field_of(path: Location) -> str:
    """A path as people write it: ``sections[0].questions[2].code``."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".")


# --- Writing it back ----------------------------------------------------------------------------------------------------
class _Dumper(yaml.SafeDumper):
    """A dumper that writes everything out: the reader takes no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def dump(content: object) -> str:
    """The YAML text that ``parse`` reads back as the same."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


# --- What schemas of such files share -----------------------------------------------------------------------------------
class Misplaced(ValueError):
    """A rule between questions that does not hold. ``code`` is the thing to correct, for whoever knows its line."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


def plain_text(value: str) -> str:
    """Lines end in LF, wherever the text was written; a character that neither a table nor a file keeps is refused."""
    text = LINE_END.sub("\n", value)
    if any(letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise ValueError("contains a character that cannot be stored. Delete it, or type the text again.")
    return text


def not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty. Write something there.")
    return value


def refuse_repeated(codes: list[str], what: str) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise Misplaced(code, f"{what} code “{code}” is there twice.")
        seen.add(code)
