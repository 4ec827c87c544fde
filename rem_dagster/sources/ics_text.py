"""How does the description of an event become plain text?"""

import re
from html.parser import HTMLParser

MARKUP = re.compile(
    r"<(?:/?(?:p|div|span|br|b|i|u|a|ul|ol|li|html|body|table|tr|td|font|strong|em)\b)[^<>]*>", re.I
)
BREAKS = frozenset({"p", "div", "br", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr"})
SILENT = frozenset({"script", "style", "head", "title"})
URL = re.compile(r"https?://[^\s<>\"'\])}]+")
SHOWN_LINKS = 50


class _Text(HTMLParser):
    """The text of HTML, and where its links go."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        if tag in BREAKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT))
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain_text(text: str) -> str:
    """The text without its markup, if it has some; lines trimmed, at most one empty one in a row."""
    if MARKUP.search(text):
        reader = _Text()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def links_in(*texts: str) -> list[str]:
    """The web addresses in some texts, each once."""
    found = (url.rstrip(".,;:") for text in texts for url in URL.findall(text))
    return list(dict.fromkeys(found))[:SHOWN_LINKS]
