"""What a page of HTML says beside its text: descriptions of pictures, names of authors, comments (MR01, MR12)."""

from __future__ import annotations

from html.parser import HTMLParser

from havre.release.stats.media.findings import Finding

# attributes that a reader sees or hears
SPOKEN = ("alt", "title", "aria-label", "placeholder", "summary")
# an element that ends a line of text
_BREAKS = "p h1 h2 h3 h4 h5 h6 li div td th tr title figcaption br section article header footer blockquote dt dd caption"
BREAKS = frozenset(_BREAKS.split())
SILENT = frozenset(("script", "style"))
PERSONAL = ("author", "creator", "dc.creator", "article:author", "geo.position", "geo.placename", "icbm")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.spoken: list[str] = []
        self.beside: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent += tag in SILENT
        if tag in BREAKS:
            self.text.append("\n")
        self.spoken += [given[name] for name in SPOKEN if given.get(name, "").strip()]
        named = (given.get("name") or given.get("property") or "").lower()
        if tag == "meta" and given.get("content", "").strip():
            if named in PERSONAL:
                self.beside.append(f"{named}: {given['content'][:60]}")
            elif "description" in named or named.endswith("title") or named == "keywords":
                self.spoken.append(given["content"])

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT))
        if tag in BREAKS:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        if data.strip() and not data.startswith("["):
            self.beside.append(f"a comment: {' '.join(data.split())[:60]}")


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader


def html_text(page: str) -> str:
    """The words of a page, then those that its pictures and links speak, a line each.

    Source: HTML Living Standard, 4.8.4 (alternative text).

    >>> html_text('<p>Stop.</p><img src="a.jpg" alt="Ama at the market">')
    'Stop.\\nAma at the market'
    """
    reader = _read(page)
    lines = [" ".join(line.split()) for line in ("".join(reader.text)).splitlines()] + [" ".join(line.split()) for line in reader.spoken]
    return "\n".join(line for line in lines if line)


def html_findings(page: str) -> tuple[Finding, ...]:
    """Authors, places and comments that a page carries unseen (MR12). Source: HTML Living Standard, 4.2.5 (meta names)."""
    return tuple(Finding("MR12", "metadata", one) for one in dict.fromkeys(_read(page).beside))
