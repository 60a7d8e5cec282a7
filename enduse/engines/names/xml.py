"""Entries of an XML list one by one, so that a large file needs no large memory. Document types and entities are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from enduse.engines.names.entities import ListError
from enduse.engines.names.files import FETCH_AGAIN

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 60


def elements(path: Path, wanted: frozenset[str]) -> Iterator[Element]:
    """The root as it begins (with its attributes alone), then each whole element of a `wanted` name, names without namespaces.

    What was handed out is forgotten when the next is asked for. Raises ListError with the line where the XML is not whole.
    """
    with path.open("rb") as file:
        yield from _elements(file, wanted)


def _elements(file: IO[bytes], wanted: frozenset[str]) -> Iterator[Element]:
    stack: list[Element] = []
    inside = 0
    try:
        parsed = ElementTree.iterparse(file, events=("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True)
        for event, node in parsed:
            node.tag = local(node.tag)
            if event == "start":
                if not stack:
                    yield node
                stack.append(node)
                inside += node.tag in wanted
                if len(stack) > DEEPEST:
                    raise ListError(node.tag, "", f"Elements stand more than {DEEPEST} deep.", "Do not load this file.")
                continue
            stack.pop()
            if node.tag in wanted:
                inside -= 1
                if not inside:
                    yield node
            if stack and not inside:
                stack[-1].remove(node)
    except DefusedXmlException as error:
        raise document_type(type(error).__name__) from error
    except ElementTree.ParseError as error:
        line, column = error.position
        raise ListError(f"line {line}, column {column + 1}", "", f"The XML is not whole ({error}).", FETCH_AGAIN) from error


def document_type(what: str) -> ListError:
    """The refusal of a file that declares what could make it swell or reach outside."""
    return ListError(
        "document type", "", f"The file declares a document type or entities, which no list needs ({what}).",
        "Do not load this file; ask its sender where it comes from.",
    )


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def text_of(node: Element, tag: str) -> str:
    return " ".join((node.findtext(tag) or "").split())


def said(node: Element, attribute: str) -> str:
    return " ".join(node.get(attribute, "").split())
