"""The product's settings with the gallery beside its pages."""

from pathlib import Path

from enduse.settings import *  # noqa: F403
from enduse.settings import TEMPLATES

ROOT_URLCONF = "tests.web.gallery"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")  # type: ignore[attr-defined]
