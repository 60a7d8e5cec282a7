"""How an operation gets to the API: in this process as a named user, or to a running site with a token."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from enduse.cli.operations import Caller


LONGEST_WAIT_S = 120


def set_up() -> None:
    """Load Django on the installation in ENDUSE_HOME."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enduse.settings")
    import django

    django.setup()


def user_named(name: str | None) -> Any:
    """The user to act as. Whoever may read ENDUSE_HOME may act as anyone in it; what is done says who it was done as."""
    from enduse.accounts.models import User

    if not name:
        raise click.UsageError("Say who acts: --as USER (or the environment's ENDUSE_AS).")
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise click.UsageError(f"There is no active user '{name}' here.")
    return user


def ask(
    caller: Caller, method: str, path: str, *, query: dict[str, Any], body: dict[str, Any], files: dict[str, str], is_form: bool,
) -> tuple[int, Any]:
    """Send one operation; (status, JSON, text or bytes)."""
    if caller.server:
        return _ask_site(caller, method, path, query, body, files, is_form)
    return _ask_here(caller, method, path, query, body, files, is_form)


def _ask_here(
    caller: Caller, method: str, path: str, query: dict[str, Any], body: dict[str, Any], files: dict[str, str], is_form: bool,
) -> tuple[int, Any]:
    set_up()
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import RequestFactory
    from django.urls import resolve

    factory = RequestFactory()
    if is_form:
        uploads = {name: SimpleUploadedFile(Path(file).name, Path(file).read_bytes()) for name, file in files.items()}
        request = factory.post(path, {**body, **uploads}, query_params=query)
    elif method == "GET":
        request = factory.get(path, query)
    else:
        request = factory.generic(method, path, json.dumps(body), content_type="application/json", query_params=query)
    request.user = user_named(caller.user) if caller.user else _nobody()
    request._dont_enforce_csrf_checks = True
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "here"
    match = resolve(path)
    response = match.func(request, *match.args, **match.kwargs)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, _read(content, response.headers.get("Content-Type", ""))


def _nobody() -> Any:
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()


def _ask_site(
    caller: Caller, method: str, path: str, query: dict[str, Any], body: dict[str, Any], files: dict[str, str], is_form: bool,
) -> tuple[int, Any]:
    import requests

    sent: dict[str, Any] = {"params": query, "headers": {"Authorization": f"Bearer {caller.token}"} if caller.token else {}}
    if is_form:
        sent |= {"data": body, "files": {name: (Path(file).name, Path(file).read_bytes()) for name, file in files.items()}}
    elif method != "GET":
        sent["json"] = body
    try:
        response = requests.request(method, f"{(caller.server or '').rstrip('/')}{path}", timeout=LONGEST_WAIT_S, **sent)
    except requests.RequestException as error:
        raise click.ClickException(f"{caller.server} does not answer: {error}") from error
    return response.status_code, _read(response.content, response.headers.get("Content-Type", ""))


def _read(content: bytes, media: str) -> Any:
    """JSON as its value, text as text, any other content (a document) as the bytes that it is."""
    if "json" in media and content:
        return json.loads(content)
    return content if content and not media.startswith("text/") else content.decode("utf-8", "replace")
