"""Two schemas of one name would stand as one in the API's description, and the command line would ask for the wrong fields."""

from __future__ import annotations

import inspect
from collections import defaultdict
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from ninja import Schema


def test_no_two_floors_give_a_schema_the_same_name():
    places: dict[str, set[str]] = defaultdict(set)
    for floor in settings.FLOORS:
        for module in ("api", "schemas"):
            name = f"enduse.{floor}.{module}"
            if find_spec(name):
                for found in vars(import_module(name)).values():
                    if inspect.isclass(found) and issubclass(found, Schema):
                        places[found.__name__].add(found.__module__)
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}
