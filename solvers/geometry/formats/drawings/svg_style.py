"""The style of the elements of an SVG drawing: presentation attributes, style sheets, and inheritance.

Selectors of types, classes, ids and attributes, of descendants and children are followed; other ones are refused where
they could change the curves that are seen. Source: W3C, CSS 2.2, chapters 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from fusiform.solvers.common.errors import InputError

Style = Mapping[str, str]

INITIAL: Style = {
    "fill": "black",
    "stroke": "none",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "visibility": "visible",
    "color": "black",
}
"""The properties that are inherited, with their first values."""
_OWN = ("display", "opacity", "transform", "transform-origin", "transform-box", "clip-path", "mask", "overflow")
_GEOMETRY = ("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry")
_UNREAD = ("d", "translate", "rotate", "scale", "offset-path", "zoom")
_SEEN = {*INITIAL, *_OWN, *_GEOMETRY, *_UNREAD}
_COMPOUND = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+|\[[^\]]*\]|::?[\w-]+(?:\([^)]*\))?)*)")
_SIMPLE = re.compile(r"([.#]|::?)([\w-]+)(\([^)]*\))?|\[\s*([\w-]+)\s*(?:=\s*[\"']?([^\"'\]]*)[\"']?\s*)?\]")
_NEVER = {"hover", "active", "focus", "visited", "target", "before", "after", "selection", "first-letter", "first-line"}
_SCREEN = re.compile(r"@media\s+(only\s+)?(all|screen)\s*")


@dataclass(frozen=True)
class _Rule:
    """Compounds from the outermost to the element's own, each with True if it is the parent of the next one."""

    compounds: tuple[tuple[str, bool], ...]
    specificity: tuple[int, int, int]
    declarations: dict[str, tuple[str, bool]]


class StyleSheet:
    """The rules of all style elements below a root."""

    def __init__(self, root: Element) -> None:
        self.parents = {child: parent for parent in root.iter() for child in parent}
        texts = [element.text or "" for element in root.iter() if local_name(element) == "style"]
        self.rules = [rule for text in texts for rule in _rules(text)]
        self._known: dict[Element, dict[str, str]] = {}

    def declared(self, element: Element) -> dict[str, str]:
        """The properties that attributes, rules and the style attribute give to an element."""
        if element not in self._known:
            self._known[element] = self._declared(element)
        return self._known[element]

    def _declared(self, element: Element) -> dict[str, str]:
        found = {name: element.attrib[name] for name in (*INITIAL, *_OWN, *_GEOMETRY) if name in element.attrib}
        matching = [rule for rule in self.rules if self._matches(element, rule.compounds)]
        layers = [rule.declarations for rule in sorted(matching, key=lambda rule: rule.specificity)]
        layers.append(_declarations(element.attrib.get("style", "")))
        for important in (False, True):
            for layer in layers:
                found |= {name: value for name, (value, strong) in layer.items() if strong == important}
        for name in _UNREAD:
            if found.pop(name, "none") not in ("none", "auto", "normal", "1"):
                raise InputError(f"expected SVG without the style {name!r}, got one with it; save it as plain SVG")
        return found

    def _matches(self, element: Element, compounds: tuple[tuple[str, bool], ...]) -> bool:
        *outer, (own, _) = compounds
        if not self._is(element, own):
            return False
        ancestor = self.parents.get(element)
        while outer and ancestor is not None:
            if self._matches(ancestor, tuple(outer)):
                return True
            ancestor = None if outer[-1][1] else self.parents.get(ancestor)
        return not outer

    def _is(self, element: Element, compound: str) -> bool:
        match = _COMPOUND.fullmatch(compound)
        assert match is not None
        if match[1] not in (None, "*", local_name(element)):
            return False
        for mark, name, _, attribute, value in _SIMPLE.findall(match[2]):
            has = {
                ".": name in element.get("class", "").split(),
                "#": name == element.get("id"),
                "": attribute in element.attrib and value in ("", element.get(attribute)),
            }.get(mark, name == "root" and element not in self.parents)
            if not has:
                return False
        return True


def local_name(element: Element) -> str:
    """The kind of an element of SVG; "" for one of another namespace."""
    space, _, name = element.tag.rpartition("}")
    return name if space in ("", "http://www.w3.org/2000/svg") else ""


def computed(parent: Style, declared: Style) -> dict[str, str]:
    """The style of a child of `parent` with its declared properties."""
    style = {name: parent[name] for name in INITIAL}
    for name, value in declared.items():
        inherited = value == "inherit" or (value == "unset" and name in INITIAL)
        if value in ("initial", "unset", "inherit") and not inherited:
            style[name] = INITIAL.get(name, "")
        elif not inherited:
            style[name] = value
    return style


def _rules(text: str) -> Iterator[_Rule]:
    text = re.sub(r"/\*.*?\*/|<!--|-->", " ", text, flags=re.DOTALL)
    at = 0
    while (brace := text.find("{", at)) >= 0:
        selector = text[at:brace].rsplit(";", 1)[-1].strip()
        end = _closing(text, brace)
        block, at = text[brace + 1 : end], end + 1
        if _SCREEN.fullmatch(selector):
            yield from _rules(block)
        elif not selector.startswith("@"):
            declarations = _declarations(block)
            for part in selector.split(","):
                if (rule := _rule(part.strip(), declarations)) is not None:
                    yield rule


def _closing(text: str, brace: int) -> int:
    """The place of the brace that closes the one at `brace`."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, brace):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def _rule(selector: str, declarations: dict[str, tuple[str, bool]]) -> _Rule | None:
    """The rule of one selector; None if it never applies to a drawing at rest, or changes nothing that is seen."""
    if not _SEEN.intersection(declarations):
        return None
    words = re.sub(r"\s*>\s*", " > ", selector).split()
    compounds = [(word, k + 1 < len(words) and words[k + 1] == ">") for k, word in enumerate(words) if word != ">"]
    simple = [part for word, _ in compounds for part in _SIMPLE.findall(word)]
    pseudo = {name for mark, name, *_ in simple if mark.startswith(":")}
    if pseudo & _NEVER:
        return None
    if not compounds or not all(_COMPOUND.fullmatch(word) for word, _ in compounds) or pseudo - {"root"}:
        raise InputError(
            f"expected selectors of types, classes and ids in the style of an SVG drawing, got {selector[:40]!r}; "
            "save it as plain SVG"
        )
    ids = sum(mark == "#" for mark, *_ in simple)
    types = sum(re.match(r"[\w-]", word) is not None for word, _ in compounds)
    return _Rule(tuple(compounds), (ids, len(simple) - ids, types), declarations)


def _declarations(text: str) -> dict[str, tuple[str, bool]]:
    """The values of properties, each with True if it is important."""
    found: dict[str, tuple[str, bool]] = {}
    for part in re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL).split(";"):
        name, _, value = part.partition(":")
        value, mark, _ = value.partition("!")
        name = name.strip().lower()
        if name and value.strip() and not (name in found and found[name][1] and not mark):
            found[name] = (value.strip(), bool(mark))
    return found
