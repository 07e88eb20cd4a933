"""Nodes of a document as HTML: headings one level below what holds them, drawings with their alternative text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from havre.publishing.citations import cited
from havre.publishing.languages import NAMES
from havre.publishing.nodes import Node
from havre.publishing.titles import title_of

register = template.Library()


@register.filter
def language_in_words(code: str) -> str:
    """A language's name in the reader's language; Django has no Tetum."""
    return str(NAMES.get(code, code))


@register.simple_tag
def document_title(edition: str, id: str, language: str = "", part: str = "title") -> str:
    """The title or the subtitle of a document in a language, by default the reader's."""
    return title_of(edition, id, language, part=part)


@register.simple_tag
def heading(level: int, words: str) -> SafeString:
    """A heading, h2 to h6."""
    tag = mark_safe(f"h{min(level, 6)}")
    return format_html("<{}>{}</{}>", tag, words, tag)


@register.simple_tag
def drawing(node: Node) -> SafeString:
    """A drawing of Havre's own, in the page itself: `role="img"` and its alternative text as label."""
    svg = node.data["svg"]
    if not svg.startswith("<svg "):
        raise ValueError(f"{node.id}: a drawing begins with <svg ")
    head, _tag, rest = svg.partition("<svg ")
    head, _role, tail = rest.partition('role="img"')
    body = f"{head}{tail}" if _role else rest
    return mark_safe(str(format_html('<svg role="img" aria-label="{}" ', node.data["alt"])) + body)


@register.simple_tag
def cited_law(sources: Iterable[str], language: str) -> str:
    """What a text rests on, as its readers call it."""
    return cited(sources, language)


@register.simple_tag
def minutes(count: int, words: str) -> str:
    """How long a unit takes."""
    return words.format(minutes=count)


@register.simple_tag(takes_context=True)
def deeper(context: dict[str, Any], node: Node, level: int) -> SafeString:
    """A node one level below."""
    inner = {name: context.get(name) for name in ("document", "words", "trainer", "cite")}
    return mark_safe(get_template("publishing/_node.html").render({**inner, "node": node, "level": level + 1}))
