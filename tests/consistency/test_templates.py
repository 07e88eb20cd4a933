"""Templates hold no inline code, ask no other host, and are all in use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.urls import reverse

from havre.site.commands.messages import PACKAGE
from havre.trust.contracts import contracts
from tests.consistency.test_addresses import addresses

TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
STATIC = sorted(path for path in PACKAGE.glob("*/static/**/*") if path.suffix in {".css", ".js", ".svg"} and "vendor" not in path.parts)
# found by their name by Django or by allauth, never by ours
BY_NAME = re.compile(r"^(400|403|403_csrf|404|500)\.html$|^(django/forms|account|mfa|usersessions)/")
INLINE = (
    re.compile(r"<style\b", re.I),
    re.compile(r"<[^>]*\sstyle\s*=", re.I),
    re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    re.compile(r"<[^>]*\shx-(on|vars)\b", re.I),
    re.compile(r"javascript:", re.I),
    re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")", re.I),
)
ELSEWHERE = re.compile(r"""(?:src|href|action|poster|data|srcset|url)\s*[=(]\s*["']?\s*(?:https?:)?//|@import""", re.I)


def name_of(path: Path) -> str:
    return str(path).split("/templates/", 1)[1]


def test_checker_finds_inline_code():
    bad = ['<p style="x">', "<style>", '<a onclick="x">', "<script>x</script>", '<a href="javascript:x">', '<i hx-on:click="x">']
    assert [sum(bool(rule.search(text)) for rule in INLINE) for text in bad] == [1] * len(bad)
    good = '<script src="{% static "x" %}"></script><script type="application/json">{}</script><p class="style on">'
    assert not any(rule.search(good) for rule in INLINE)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_holds_no_inline_code(path):
    assert [rule.pattern for rule in INLINE if rule.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=lambda path: path.name)
def test_file_asks_no_other_host(path):
    assert ELSEWHERE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_can_be_read(path):
    get_template(name_of(path))


def test_every_template_is_in_use():
    names = {name_of(path): path for path in TEMPLATES}
    texts = {path: path.read_text(encoding="utf-8") for path in [*PACKAGE.rglob("*.py"), *TEMPLATES]}
    unused = [
        name
        for name, own in names.items()
        if not BY_NAME.match(name) and not any(f'"{name}"' in text or f"'{name}'" in text for path, text in texts.items() if path != own)
    ]
    assert unused == []


# how a name of an address is written: in a template, and in the code of views, panels and queries
URL_NAMES = (
    re.compile(r"""{%\s*url\s+['"]([\w:-]+)['"]"""),
    re.compile(r"""\b(?:reverse|redirect|reverse_lazy)\(\s*["']([\w:-]+)["']"""),
)


def names_in(text: str) -> set[str]:
    return {name for pattern in URL_NAMES for name in pattern.findall(text)}


def test_checker_finds_names_of_addresses():
    assert names_in("""{% url 'a:b' x as y %}{% url "c" %} reverse("d", args=[1]) redirect('e')""") == {"a:b", "c", "d", "e"}


def test_every_name_of_an_address_leads_somewhere():
    """`{% url … as x %}` swallows a name that is not there: the button that it was for would never be seen."""
    # allauth's own addresses, some of which are switched off, are asked for with something to fall back on
    known = {address.name for address in addresses()} | {"mfa_reauthenticate", "account_reauthenticate"}
    files = [*TEMPLATES, *PACKAGE.rglob("*.py")]
    wrong = {str(path.relative_to(PACKAGE)): names_in(path.read_text(encoding="utf-8")) - known for path in files}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_no_link_of_the_navigation_is_dead():
    names = [link.url_name for contract in contracts() for link in contract.navigation]
    assert [name for name in names if not reverse(name)] == []
