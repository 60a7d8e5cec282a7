"""A small list of invented names in the real OFAC layout, for the demonstration and for trying the product out."""

from __future__ import annotations

from pathlib import Path

DEMO_SOURCE = "Demonstration list (invented names)"


def demo_list_path() -> Path:
    """The file to hand to `read_list(path, source=DEMO_SOURCE)`."""
    return Path(__file__).with_name("demo_list.csv")
