"""From a YAML file to frozen dataclasses. Whatever does not fit stops with file, line and mend.

Lines are looked up only when something is wrong: a second, slower reading of the same text finds the place.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import yaml

from havre.standards.errors import StandardsError
from havre.standards.words import Words

T = TypeVar("T")
Step = str | int
Decoder = Callable[[Any], Any]
_LANGUAGE_TAGS = frozenset({"en", "fr", "pt", "tet", "th"})


class Unfit(Exception):
    """Something does not fit at `path` within a file. Caught by `Page`, which knows the file."""

    def __init__(self, problem: str, mend: str, path: tuple[Step, ...] = ()) -> None:
        self.problem, self.mend, self.path = problem, mend, path
        super().__init__(problem)

    def under(self, step: Step) -> Unfit:
        return Unfit(self.problem, self.mend, (step, *self.path))


class _Loader(yaml.CSafeLoader):
    """PyYAML keeps the last of two equal keys without a word; this one refuses."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        found = super().construct_mapping(node, deep=deep)
        if len(found) != len(node.value):
            seen: set[str] = set()
            for key, _value in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is written twice", key.start_mark)
                seen.add(key.value)
        return found


class Page:
    """One data file: its content, and the line of any place in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StandardsError(
                file=path, line=1, problem=f"the file cannot be read ({error})", mend="Put it back, saved as UTF-8"
            ) from None
        try:
            self.data = yaml.load(self.text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            mend = "Keep one of the two" if "written twice" in str(error.problem) else "Mend the YAML at this line"
            raise StandardsError(file=path, line=line, problem=str(error.problem), mend=mend) from None

    def line_of(self, path: tuple[Step, ...]) -> int:
        """The line, from 1, of the deepest part of `path` that exists."""
        node = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        line = 1
        for step in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
                continue
            pair = next((p for p in node.value if p[0].value == str(step)), None) if isinstance(node, yaml.MappingNode) else None
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        return line

    def wrong(self, unfit: Unfit) -> StandardsError:
        """The error to raise for something unfit in this file."""
        return StandardsError(file=self.path, line=self.line_of(unfit.path), problem=unfit.problem, mend=unfit.mend)

    def read(self, kind: type[T]) -> T:
        """The whole file as `kind`. Raises: StandardsError."""
        try:
            return cast(T, decoder(cast(Any, kind))(self.data))
        except Unfit as unfit:
            raise self.wrong(unfit) from None

    def require(self, holds: bool, problem: str, mend: str, *path: Step) -> None:
        """Raises: StandardsError at `path` unless it holds."""
        if not holds:
            raise self.wrong(Unfit(problem, mend, path))

    def refer(self, name: str, known: Any, what: str, *path: Step) -> None:
        """Raises: StandardsError when `name` is not among `known`, with the nearest name."""
        if name not in known:
            raise self.wrong(Unfit(f"{name!r} is no {what}", nearest(name, known), path))


def nearest(name: object, known: Any) -> str:
    """A mend: the closest known name, or the list when it is short."""
    names = sorted(str(word) for word in known)
    close = get_close_matches(str(name), names, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Use one of {', '.join(names)}" if len(names) <= 20 else "Use an id that exists"


@cache
def decoder(kind: Any) -> Decoder:
    """The function that turns plain YAML into `kind`: a scalar, Literal, Words, tuple, Mapping, union with None, or a dataclass."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        made: Decoder = _frozen
    elif kind is Words:
        made = _words
    elif is_dataclass(kind):
        made = _record(kind)
    elif origin is Literal:
        made = _literal(frozenset(parts))
    elif origin in {Union, types.UnionType}:
        made = _union(parts)
    elif origin is tuple:
        made = _sequence(decoder(parts[0]))
    elif origin is Mapping:
        made = _mapping(decoder(parts[1]))
    else:
        made = _scalar(kind)
    return made


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({str(key): _frozen(item) for key, item in value.items()})
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _scalar(kind: Any) -> Decoder:
    def read(value: Any) -> Any:
        # `True` is an int to Python, never to a reader of these files
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Unfit(f"{value!r} is not {_NAMES.get(kind, kind.__name__)}", "Put quotes around a text; leave them off a number")
        if kind is str and not value.strip():
            raise Unfit("the text is empty", "Write it, or take the key away")
        return value

    return read


_NAMES = {str: "a text", int: "a whole number", bool: "true or false", float: "a number"}


def _literal(allowed: frozenset[Any]) -> Decoder:
    def read(value: Any) -> Any:
        if not isinstance(value, Hashable) or value not in allowed:
            raise Unfit(f"{value!r} is not an allowed value", nearest(value, allowed))
        return value

    return read


def _union(parts: tuple[Any, ...]) -> Decoder:
    kinds = [decoder(part) for part in parts if part is not type(None)]
    nullable = type(None) in parts

    def read(value: Any) -> Any:
        if value is None and nullable:
            return None
        for kind in kinds[:-1]:
            try:
                return kind(value)
            except Unfit:
                continue
        return kinds[-1](value)

    return read


def _sequence(item: Decoder) -> Decoder:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Unfit(f"{value!r} is not a list", "Write one entry per line, each after '- '")
        found = []
        for place, entry in enumerate(value):
            try:
                found.append(item(entry))
            except Unfit as unfit:
                raise unfit.under(place) from None
        return tuple(found)

    return read


def _mapping(item: Decoder) -> Decoder:
    def read(value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise Unfit(f"{value!r} is not a list of 'key: value'", "Write one 'key: value' per line")
        found = {}
        for key, entry in value.items():
            try:
                found[str(key)] = item(entry)
            except Unfit as unfit:
                raise unfit.under(str(key)) from None
        return MappingProxyType(found)

    return read


def _words(value: Any) -> Words:
    if not isinstance(value, dict):
        raise Unfit(f"{value!r} is not a text in English and French", "Write 'en:' and 'fr:' under it")
    for tag in ("en", "fr"):
        if not isinstance(value.get(tag), str) or not value[tag].strip():
            raise Unfit(f"the {'English' if tag == 'en' else 'French'} text is missing", f"Add '{tag}:' with its text")
    for tag, text in value.items():
        if tag not in _LANGUAGE_TAGS:
            raise Unfit(f"{tag!r} is no language of Havre", nearest(tag, _LANGUAGE_TAGS), (str(tag),))
        if not isinstance(text, str) or not text.strip():
            raise Unfit("the text is empty", "Write it, or take the language away", (tag,))
    more = {tag: text for tag, text in value.items() if tag not in {"en", "fr"}}
    return Words(value["en"], value["fr"], MappingProxyType(more)) if more else Words(value["en"], value["fr"])


def _record(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    kinds = {f.name: decoder(hints[f.name]) for f in fields(kind) if f.init}
    required = {f.name for f in fields(kind) if f.init and f.default is MISSING and f.default_factory is MISSING}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Unfit(f"{value!r} is not a list of 'key: value'", f"Write {', '.join(sorted(required))} under it")
        for key in value:
            if key not in kinds:
                raise Unfit(f"the key {key!r} is not known here", nearest(key, kinds), (str(key),))
        for key in kinds:
            if key in required and key not in value:
                raise Unfit(f"the key {key!r} is missing", f"Add '{key}:'")
        found = {}
        for key, entry in value.items():
            try:
                found[key] = kinds[key](entry)
            except Unfit as unfit:
                raise unfit.under(key) from None
        return kind(**found)

    return read


def unique(page: Page, rows: Any, name: str, *path: Step) -> None:
    """Raises: StandardsError at the second of two rows of a list with the same `name`."""
    seen: set[str] = set()
    for place, row in enumerate(rows):
        value = getattr(row, name)
        page.require(
            value not in seen, f"{name} {value!r} is used twice", "Ids are never reused: give the new row its own", *path, place, name
        )
        seen.add(value)
