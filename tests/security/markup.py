"""Texts that try to become markup, and the reader that sees whether one has."""

import re
from html.parser import HTMLParser

# Each carries the word “xss”, and as an element, an attribute, a script or an address it is found by that word.
PAYLOADS = [
    "<script>xss()</script>",
    "<ScRiPt >xss()</ScRiPt >",
    "</title><script>xss()</script>",
    "</textarea><script>xss()</script>",
    "</style><script>xss()</script>",
    "</script><script>xss()</script>",
    "<img src=x onerror=xss()>",
    "<img/src=x/onerror=xss()>",
    "<svg onload=xss()>",
    "<svg/onload=xss()//",
    "<body onload=xss()>",
    "<iframe src=javascript:xss()>",
    '<a href="javascript:xss()">x</a>',
    '<a href="&#106;avascript:xss()">x</a>',
    "<details open ontoggle=xss()>",
    "<input autofocus onfocus=xss()>",
    "<xss style=x onclick=xss()>",
    '" onmouseover="xss()" x="',
    "' onmouseover='xss()' x='",
    '"><xss>',
    "'><xss>",
    "--><xss>",
    "]]><xss>",
    "<!--<xss>",
    "<math><mi//xlink:href='data:x,<script>xss()</script>'>",
    "<form action=javascript:xss()><button>",
    "<base href=//xss.example>",
    "<meta http-equiv=refresh content='0;url=//xss.example'>",
    "<link rel=stylesheet href=//xss.example>",
    "<template><xss></template>",
    "{{ '<xss>' }}{% now '<xss>' %}",
    "\u00bcscript\u00bexss()\u00bc/script\u00be<xss>",
    "javascript:xss()",
    "x\r\n<xss>\r\n",
    "&lt;xss&gt;<xss",
    "\\u003cxss\\u003e<xss/>",
]
ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href", "poster", "background"}


class Injected(HTMLParser):
    """``Injected(html).found``: every element, attribute, script or address that came from a payload."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._raw = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._raw = tag if tag in ("script", "style") else ""
        odd = "xss" in tag
        for name, value in attrs:
            text = re.sub(r"[\x00-\x20]", "", value or "").lower()
            odd = odd or "xss" in name or (name.startswith("on") and "xss" in text)
            odd = odd or (name in ADDRESSES and (text.startswith(("javascript:", "//xss"))))
            odd = odd or (name in ("content", "srcdoc") and tag in ("meta", "iframe") and "xss" in text)
        if odd:
            self.found.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw and "xss" in data:
            self.found.append(f"<{self._raw}>{data}")

    def handle_comment(self, data: str) -> None:
        if "xss" in data:
            self.found.append(f"<!--{data}")

    def unknown_decl(self, data: str) -> None:
        if "xss" in data:
            self.found.append(f"<![{data}")
