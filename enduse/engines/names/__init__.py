"""Is this party on a list? Readers of denied-party lists, an index over all their names, scores with reasons.

    listed = names.read_list(Path("sdn.csv"))
    index = names.Index.build([listed])
    for hit in index.screen(names.Party("p1", "Company", "Transportes Sierra Azul")):
        print(hit.score, hit.entity_name, hit.reasons)

Candidates are our own; scores and reasons are those of nomenklatura's logic-v2. Importing this package is quick: the
scorer (seconds) is loaded at first use, or by `warm_up()`.
"""

from __future__ import annotations

from dataclasses import replace

from enduse.engines.names.batch import NamesFileError, Screened, screen_file
from enduse.engines.names.changes import ListDiff, diff
from enduse.engines.names.demo import DEMO_ARCHIVE, DEMO_SOURCE, demo_archive, demo_list_path, demo_tables
from enduse.engines.names.entities import ADDRESS, Entity, Hit, Identifier, ListError, Party, Reason, ScreenedList
from enduse.engines.names.index import DEFAULT_LIMIT, DEFAULT_THRESHOLD, Index, IndexedList
from enduse.engines.names.readers import FORMATS, read_list
from enduse.engines.names.store import IndexFileError

__all__ = [
    "ADDRESS",
    "DEFAULT_LIMIT",
    "DEFAULT_THRESHOLD",
    "DEMO_ARCHIVE",
    "DEMO_SOURCE",
    "FORMATS",
    "Entity",
    "Hit",
    "Identifier",
    "Index",
    "IndexFileError",
    "IndexedList",
    "ListDiff",
    "ListError",
    "NamesFileError",
    "Party",
    "Reason",
    "Screened",
    "ScreenedList",
    "demo_archive",
    "demo_list_path",
    "demo_tables",
    "diff",
    "read_list",
    "screen_file",
    "warm_up",
]


def warm_up() -> None:
    """Load the scorer and its name tables now (several seconds, once a process), so that no officer waits for it."""
    number = (Identifier("imoNumber", "0"),)
    person = Entity(
        "1", "Person", ("Ramiro Ficticio",), (), ("RF",), ("1971",), ("Mexico",), ("1 First Street",), number
    )
    body = replace(person, id="2", schema="Organization", names=("Transportes Ficticios S.A.",), gender="male")
    vessel = Entity("3", "Vessel", ("MV Ficticia",))
    index = Index.build([ScreenedList("warm-up", "", "", (person, body, vessel))])
    for entity in (person, body):
        index.screen(Party("1", entity.schema, entity.caption, (), "1971", "mx", "1 First Street", ("0",)))
