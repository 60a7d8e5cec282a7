"""One command for each operation of the API, made from its OpenAPI description: same names, same texts, same refusals.

`enduse licensing recommend A-2012-0001 --outcome approve ...` is POST /api/licensing/applications/A-2012-0001/recommend.
Here, the operation runs in this process as the user named with --as; with --server it is sent there with a token.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

DESCRIPTION = Path(__file__).resolve().parent.parent / "api" / "openapi.json"
TYPES = {"integer": click.INT, "number": click.FLOAT, "boolean": click.BOOL}


@dataclass(frozen=True)
class Caller:
    """Who asks, and where."""

    user: str | None
    server: str | None
    token: str | None


@dataclass(frozen=True)
class Operation:
    """One operation: its floor and verb, its method and path, its parameters and the fields of its body."""

    floor: str
    verb: str
    method: str
    path: str
    summary: str
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any]
    required: frozenset[str]
    is_form: bool


@lru_cache(maxsize=1)
def _described() -> dict[str, Any]:
    return json.loads(DESCRIPTION.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def all_operations() -> dict[str, dict[str, Operation]]:
    """{floor: {verb: operation}} as the API describes them."""
    found: dict[str, dict[str, Operation]] = {}
    for path, methods in _described()["paths"].items():
        for method, said in methods.items():
            floor, _dot, verb = said["operationId"].partition(".")
            body, required, is_form = _body_of(said)
            found.setdefault(floor, {})[verb.replace("_", "-")] = Operation(
                floor, verb, method.upper(), path, said.get("description") or said.get("summary", ""),
                tuple(said.get("parameters", [])), body, required, is_form)
    return found


def _body_of(said: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str], bool]:
    contents = said.get("requestBody", {}).get("content", {})
    for media, content in contents.items():
        schema = _resolved(content["schema"])
        fields = {name: _resolved(field) for name, field in schema.get("properties", {}).items()}
        required = set(schema.get("required", []))
        if media != "application/json":
            # A form wraps the schemas of its parameters: lay their fields beside the files.
            for name in [name for name, field in fields.items() if field.get("type") == "object" and "properties" in field]:
                inner = fields.pop(name)
                fields |= {key: _resolved(field) for key, field in inner["properties"].items()}
                required |= set(inner.get("required", []))
        return fields, frozenset(required & set(fields)), media != "application/json"
    return {}, frozenset(), False


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed and 'or null' taken off."""
    for key in ("anyOf", "allOf", "oneOf"):
        if key in schema:
            options = [option for option in schema[key] if option.get("type") != "null"]
            schema = {**schema, **_resolved(options[0])} if options else schema
    if "$ref" in schema:
        target: Any = _described()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def floors() -> list[str]:
    return sorted(all_operations()) if DESCRIPTION.exists() else []


def group(floor: str) -> click.Group | None:
    """The commands of one floor."""
    if floor not in floors():
        return None
    made = click.Group(floor, help=f"Operations of the floor '{floor}' (the same as /api/{floor}/).")
    for verb, operation in sorted(all_operations()[floor].items()):
        made.add_command(_command(verb, operation))
    return made


def _command(verb: str, operation: Operation) -> click.Command:
    def run(**given: Any) -> None:
        caller: Caller = click.get_current_context().find_root().obj
        send(operation, given, caller)

    return click.Command(verb, callback=run, params=list(_params(operation)), help=operation.summary)


def _params(operation: Operation) -> Iterator[click.Parameter]:
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            yield click.Argument([parameter["name"]])
        else:
            yield _option(parameter["name"], _resolved(parameter["schema"]), required=parameter.get("required", False))
    for name, field in operation.body.items():
        yield _option(name, field, required=name in operation.required)


def _option(name: str, field: dict[str, Any], *, required: bool) -> click.Option:
    help_text = field.get("description", "")
    flag = f"--{name.replace('_', '-')}"
    if _is_file(field):
        return click.Option([flag, name], type=click.Path(exists=True, dir_okay=False), required=required, help=help_text or "A file.")
    if field.get("type") == "boolean":
        return click.Option([f"{flag}/--no-{name.replace('_', '-')}", name], default=None, required=required, help=help_text)
    if field.get("type") == "array" and _resolved(field.get("items", {})).get("type") in {"string", "integer", "number"}:
        inner = _resolved(field["items"])
        return click.Option([flag, name], multiple=True, type=TYPES.get(inner.get("type", ""), click.STRING), required=required, help=help_text)
    if field.get("type") in {"array", "object"}:
        return click.Option([flag, name], required=required, metavar="JSON|@FILE", help=f"{help_text} JSON, or @ and a file that holds it.".strip())
    if "enum" in field:
        return click.Option([flag, name], type=click.Choice([str(value) for value in field["enum"]]), required=required, help=help_text)
    return click.Option([flag, name], type=TYPES.get(field.get("type", ""), click.STRING), required=required, help=help_text)


def _is_file(field: dict[str, Any]) -> bool:
    return field.get("format") == "binary" or "contentMediaType" in field


def send(operation: Operation, given: dict[str, Any], caller: Caller) -> None:
    """Run the operation, print its answer; a refusal goes to standard error with exit code 3, bad input with 2."""
    path = re.sub(r"{(\w+)}", lambda match: quote(str(given[match[1]]), safe=""), operation.path)
    query = {parameter["name"]: given[parameter["name"]] for parameter in operation.parameters
             if parameter["in"] == "query" and given[parameter["name"]] not in {None, ()}}
    files = {name: given[name] for name, field in operation.body.items() if _is_file(field) and given[name]}
    body = {name: _value(field, given[name]) for name, field in operation.body.items()
            if not _is_file(field) and given[name] is not None and given[name] != ()}
    from enduse.cli import transport

    answer = transport.ask(caller, operation.method, path, query=query, body=body, files=files, is_form=operation.is_form)
    show(answer)


def _value(field: dict[str, Any], given: Any) -> Any:
    if field.get("type") in {"array", "object"} and isinstance(given, str):
        text = Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise click.UsageError(f"This is not JSON: {error}") from error
    return list(given) if isinstance(given, tuple) else given


def show(answer: tuple[int, Any]) -> None:
    status, said = answer
    if status < 400 and isinstance(said, bytes):
        sys.stdout.buffer.write(said)
        return
    if status < 400:
        click.echo(said if isinstance(said, str) else json.dumps(said, indent=2, ensure_ascii=False))
        return
    said = said if isinstance(said, dict) else {}
    refused, invalid = said.get("refused"), said.get("invalid")
    if refused:
        rule = f" (rule {refused['rule']})" if refused.get("rule") else ""
        click.echo(f"Refused{rule}: {refused['reason']} {refused.get('remedy', '')}".rstrip(), err=True)
    elif invalid:
        click.echo(f"{invalid['total']} to mend; nothing was recorded:", err=True)
        for problem in invalid["problems"]:
            where = ", ".join(str(part) for part in (f"row {problem['row']}" if problem.get("row") else "", problem.get("field")) if part)
            click.echo(f"  {where + ': ' if where else ''}{problem['reason']} {problem.get('remedy', '')}".rstrip(), err=True)
    else:
        click.echo(said.get("detail", f"The site answered {status}."), err=True)
    sys.exit(2 if invalid else 3)
