"""Write the API's OpenAPI description to enduse/api/openapi.json, from which the command line is made."""

from __future__ import annotations

import json
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enduse.settings")


def main() -> None:
    django.setup()
    from enduse.api.root import api

    target = Path(__file__).resolve().parent.parent / "enduse" / "api" / "openapi.json"
    target.write_text(json.dumps(api.get_openapi_schema(path_prefix="/api/"), indent=1, default=str, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
