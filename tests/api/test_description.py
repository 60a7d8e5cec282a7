"""The API's description is in step with its code, for the command line is made from it."""

from __future__ import annotations

import json
from pathlib import Path

from enduse.api.root import api


def test_the_written_description_is_that_of_the_code():
    written = Path(__file__).resolve().parents[2] / "enduse" / "api" / "openapi.json"
    described = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/"), default=str))
    assert written.exists(), "Run: make openapi"
    assert json.loads(written.read_text(encoding="utf-8")) == described, "Run: make openapi"


def test_every_operation_says_what_it_does():
    described = api.get_openapi_schema(path_prefix="/api/")
    silent = [said["operationId"] for methods in described["paths"].values() for said in methods.values()
              if not (said.get("description") or said.get("summary"))]
    assert silent == []
