"""Two ways to say the same operation: over the API with a token, and by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse.accounts.actions import make_token
from enduse.accounts.models import User
from enduse.cli import operations
from enduse.cli.main import enduse

REFUSED, INVALID = 3, 2  # how the command line ends


class Teller(Protocol):
    """Say an operation as a user; what came of it, or the text of the refusal."""

    def say(self, user: User, operation: str, *, file: tuple[str, bytes] | None = None, **given: Any) -> Any: ...

    def refused(self, user: User, operation: str, *, file: tuple[str, bytes] | None = None, **given: Any) -> str: ...


def described(operation: str) -> operations.Operation:
    floor, _dot, verb = operation.partition(".")
    return operations.all_operations()[floor][verb.replace("_", "-")]


class ByApi:
    """A client with a bearer token for each user."""

    def __init__(self) -> None:
        self.tokens: dict[int, str] = {}

    def _ask(self, user: User, operation: str, file: tuple[str, bytes] | None, given: dict[str, Any]) -> tuple[int, Any]:
        if user.pk not in self.tokens:
            self.tokens[user.pk] = make_token(name="walk", scope="write", by=user)[1]
        said = described(operation)
        path = said.path
        for name in [parameter["name"] for parameter in said.parameters if parameter["in"] == "path"]:
            path = path.replace("{" + name + "}", str(given.pop(name)))
        headers = {"Authorization": f"Bearer {self.tokens[user.pk]}"}
        if said.is_form:
            name = next(name for name, field in said.body.items() if operations._is_file(field))
            sent = {**given, name: SimpleUploadedFile(*file)} if file else given
            response = Client().post(path, sent, headers=headers)
        elif said.method == "GET":
            response = Client().get(path, given, headers=headers)
        else:
            response = Client().post(path, json.dumps(given), content_type="application/json", headers=headers)
        return response.status_code, response.json()

    def say(self, user: User, operation: str, *, file: tuple[str, bytes] | None = None, **given: Any) -> Any:
        status, answer = self._ask(user, operation, file, given)
        assert status < 300, (operation, status, answer)
        return answer

    def refused(self, user: User, operation: str, *, file: tuple[str, bytes] | None = None, **given: Any) -> str:
        status, answer = self._ask(user, operation, file, given)
        assert status in {403, 404, 409, 422}, (operation, status, answer)
        return json.dumps(answer, ensure_ascii=False)


class ByCommandLine:
    """`enduse --as USER floor verb ...` in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _run(self, user: User, operation: str, file: tuple[str, bytes] | None, given: dict[str, Any]) -> Any:
        said = described(operation)
        arguments = [str(given.pop(parameter["name"])) for parameter in said.parameters if parameter["in"] == "path"]
        options: list[str] = []
        if file is not None:
            path = self.folder / file[0]
            path.write_bytes(file[1])
            name = next(name for name, field in said.body.items() if operations._is_file(field))
            options += [f"--{name.replace('_', '-')}", str(path)]
        for name, value in given.items():
            options += self._option(f"--{name.replace('_', '-')}", value)
        command = ["--as", user.username, said.floor, said.verb.replace("_", "-"), *options, *arguments]
        return CliRunner().invoke(enduse, command, catch_exceptions=False)

    @staticmethod
    def _option(flag: str, value: Any) -> list[str]:
        if isinstance(value, bool):
            return [flag if value else flag.replace("--", "--no-", 1)]
        if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
            return [part for each in value for part in (flag, str(each))]
        return [flag, json.dumps(value) if isinstance(value, list | dict) else str(value)]

    def say(self, user: User, operation: str, *, file: tuple[str, bytes] | None = None, **given: Any) -> Any:
        result = self._run(user, operation, file, given)
        assert result.exit_code == 0, (operation, result.output)
        return json.loads(result.stdout)

    def refused(self, user: User, operation: str, *, file: tuple[str, bytes] | None = None, **given: Any) -> str:
        result = self._run(user, operation, file, given)
        assert result.exit_code in {REFUSED, INVALID}, (operation, result.output)
        return result.stderr
