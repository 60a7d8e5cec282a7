"""RFC 8785 canonical JSON: one value, one sequence of bytes.

The general case is the library `rfc8785`. Plain values (strings, integers, booleans, None, lists and dicts with ASCII
keys) take a shorter way that writes the same bytes for them.
"""

import json
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any, cast

import rfc8785

from .errors import CanonicalError

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader gives back unchanged (RFC 8785, 3.2.2.3; I-JSON)."""


class _NotPlainError(Exception):
    """The value needs the library."""


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a JSON value. Raises CanonicalError naming the place that has no canonical form."""
    try:
        return _plain(value).encode()
    except (_NotPlainError, UnicodeEncodeError):
        return _general(value)
    except RecursionError:
        raise CanonicalError("the value is nested too deeply, or contains itself") from None


def _general(value: object) -> bytes:
    try:
        return bytes(rfc8785.dumps(cast(Any, value)))
    except RecursionError:
        raise CanonicalError("the value is nested too deeply, or contains itself") from None
    except (UnicodeEncodeError, rfc8785.CanonicalizationError) as wrong:
        raise CanonicalError(_where_wrong(value) or str(wrong)) from wrong


def parse_canonical(text: bytes | str) -> Any:
    """The value of a text that must be canonical: refused when its own canonical form differs by one byte."""
    try:
        given = text.encode() if isinstance(text, str) else text
        value = json.loads(given, parse_int=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise CanonicalError(f"this is not JSON: {wrong}") from wrong
    if canonical(value) != given:
        raise CanonicalError("this JSON is not in the RFC 8785 form (sorted keys, no spaces, shortest numbers)")
    return value


def _plain(value: Any) -> str:
    """The canonical text of a plain value, or _NotPlainError at the first thing that is not."""
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind is dict:
        return _plain_dict(value)
    if kind is int and -MAX_INTEGER <= value <= MAX_INTEGER:
        return str(value)
    if kind is list:
        return "[" + ",".join([_plain(item) for item in value]) + "]"
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    raise _NotPlainError


def _plain_dict(value: dict[Any, Any]) -> str:
    members = []
    for key, label in _labels(tuple(value)):
        item = value[key]
        members.append(label + (quoted(item) if type(item) is str else _plain(item)))
    return "{" + ",".join(members) + "}"


@lru_cache(maxsize=1024)
def _labels(keys: tuple[object, ...]) -> tuple[tuple[str, str], ...]:
    """The keys in canonical order, each with its text up to the colon: records of one kind share them."""
    if any(type(key) is not str or not key.isascii() for key in keys):
        raise _NotPlainError
    return tuple((key, quoted(key) + ":") for key in sorted(cast("tuple[str, ...]", keys)))


def _number(digits: str) -> int | float:
    """Past the exact integers a JSON number is a double, whose canonical text may look like an integer."""
    return int(digits) if len(digits) < 17 and abs(int(digits)) <= MAX_INTEGER else float(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _where_wrong(value: object, path: str = "value") -> str | None:
    """A sentence on the first place that has no canonical form, or None when each part has one."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                return f"{path}: the key {key!r} is not a string; write it as one"
            wrong = _where_wrong(key, f"{path}: the key {key!r}") or _where_wrong(item, f"{path}.{key}")
            if wrong:
                return wrong
        return None
    if isinstance(value, list | tuple):
        return next((w for n, item in enumerate(value) if (w := _where_wrong(item, f"{path}[{n}]"))), None)
    return _scalar_wrong(value, path)


def _scalar_wrong(value: object, path: str) -> str | None:
    if isinstance(value, str):
        lone = any("\ud800" <= c <= "\udfff" for c in value)
        return f"{path} has half of a surrogate pair, which UTF-8 cannot carry" if lone else None
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return f"{path} is {value}, beyond the integers that JSON carries exactly; write it as a string"
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f"{path} is {value}, which JSON cannot carry; write null or a string"
    if value is not None and not isinstance(value, int | float):
        return f"{path} is a {type(value).__name__}, which JSON cannot carry; make it a string, number, list or object"
    return None
