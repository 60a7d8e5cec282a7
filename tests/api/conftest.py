"""The API as a script meets it: with a token in its header, JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from enduse.accounts.actions import make_token
from enduse.accounts.models import User

Answer = tuple[int, Any]


@pytest.fixture
def ask() -> Callable[..., Answer]:
    """ask(user or secret, method, path, body, **headers) -> (status, JSON)"""

    def asked(by: User | str, method: str, path: str, body: Any = None, *, scope: str = "write", **headers: str) -> Answer:
        secret = by if isinstance(by, str) else make_token(name="script", scope=scope, by=by)[1]
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = getattr(Client(), method)(f"/api{path}", headers={"Authorization": f"Bearer {secret}", **headers}, **sent)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    return asked
