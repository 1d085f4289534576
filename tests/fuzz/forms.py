"""What a page asks for, read from its HTML: its forms with their fields, and the parameters in its links."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

BUTTONS = {"submit", "button", "image", "reset"}


@dataclass
class Field:
    """A control: its kind (``text``, ``select``, ``textarea`` …), the value that the page gives it, and its choices."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form as a browser would send it: ``action`` is a path, ``method`` GET or POST."""

    action: str
    method: str
    is_multipart: bool = False
    fields: list[Field] = field(default_factory=list)

    @property
    def key(self) -> tuple:
        return self.action, self.method, tuple(sorted({one.name for one in self.fields}))


class Page(HTMLParser):
    """``Page(path, html)`` has ``forms`` and ``links`` (path -> the parameters that links on the page give it)."""

    def __init__(self, path: str, html: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.links: dict[str, dict[str, str]] = {}
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: Field | None = None
        self._textarea: Field | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._begin(values)
            case "a":
                self._link(values.get("href", ""))
            case "input" | "button" | "select" | "textarea":
                self._control(tag, values)
            case "option" if self._select is not None:
                self._select.choices.append(values.get("value", ""))
                if "selected" in values:
                    self._select.value = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea.value += data

    def _begin(self, values: dict[str, str]) -> None:
        action = urljoin(self.path, values.get("action") or self.path)
        self._form = Form(action, values.get("method", "get").upper(), "multipart" in values.get("enctype", ""))
        self.forms.append(self._form)
        self._by_id[values.get("id", "")] = self._form

    def _control(self, tag: str, values: dict[str, str]) -> None:
        form = self._by_id.get(values["form"]) if "form" in values else self._form
        name = values.get("name", "")
        if form is None or not name or "disabled" in values:
            return
        kind = values.get("type", "text" if tag == "input" else "submit").lower() if tag in ("input", "button") else tag
        known = next((one for one in form.fields if one.name == name), None)
        if known is None:
            known = Field(name, kind, values.get("value", ""))
            form.fields.append(known)
        if kind in {"radio", "checkbox"} | BUTTONS:
            known.choices.append(values.get("value", "on"))
        self._select = known if tag == "select" else self._select
        self._textarea = known if tag == "textarea" else self._textarea

    def _link(self, href: str) -> None:
        parts = urlsplit(urljoin(self.path, href))
        if not parts.scheme and parts.query:
            self.links.setdefault(parts.path, {}).update(parse_qsl(parts.query, keep_blank_values=True))
