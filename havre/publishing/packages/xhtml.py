"""From the HTML that Havre's templates write to XHTML: every element closed, drawings in their own namespace, names in their own case."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.sax.saxutils import escape, quoteattr

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
SVG = "http://www.w3.org/2000/svg"
# names in a drawing that have capitals: a reader of HTML makes them small
CAPITALS = (
    "viewBox preserveAspectRatio linearGradient radialGradient gradientUnits gradientTransform clipPath clipPathUnits markerWidth "
    "markerHeight markerUnits refX refY textLength lengthAdjust textPath startOffset patternUnits patternTransform stdDeviation foreignObject"
)
OWN_CASE = {name.lower(): name for name in CAPITALS.split()}


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.drawings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs, closed=tag in VOID)
        if tag == "svg":
            self.drawings += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs, closed=True)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.out.append(f"</{self._cased(tag)}>")
        if tag == "svg":
            self.drawings -= 1

    def handle_data(self, data: str) -> None:
        self.out.append(escape(data))

    def _cased(self, name: str) -> str:
        return OWN_CASE.get(name, name) if self.drawings else name

    def _open(self, tag: str, attrs: list[tuple[str, str | None]], *, closed: bool) -> None:
        drawing = bool(self.drawings) or tag == "svg"
        given = {OWN_CASE.get(name, name) if drawing else name: name if value is None else value for name, value in attrs}
        if tag == "svg":
            given["xmlns"] = SVG
        written = "".join(f" {name}={quoteattr(value)}" for name, value in given.items())
        self.out.append(f"<{self._cased(tag)}{written}{'/' if closed else ''}>")


def xhtml(html: str) -> str:
    """A fragment of HTML as XHTML. What the templates write is well formed but for empty elements, which are closed here."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return "".join(writer.out)
