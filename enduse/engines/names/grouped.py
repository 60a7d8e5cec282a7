"""Lists as tables with several rows an entity, one for each of its names, addresses or numbers: the EU's CSV and the UK's.

Layouts: EU csvFullSanctionsList 1.0 and 1.1; OFSI's ConList.csv as of 2022; the UK Sanctions List's CSV. Columns are found
by their headers, in any order; those that say nothing for a comparison are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from enduse.engines.names.dates import published_dates
from enduse.engines.names.entities import Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile

Cells = Mapping[str, str]
NO_WORDS = frozenset({"", "na", "n/a", "unknown", "-", "0"})


@dataclass(frozen=True)
class Layout:
    """Where a table says what, by lower-case headers. Of a group of headers, the parts are read in order."""

    publisher: str
    id: tuple[str, ...]
    kind: tuple[str, ...]
    schema_by_kind: Mapping[str, str]
    whole_name: tuple[str, ...] = ()
    name_parts: tuple[tuple[str, ...], ...] = ()
    original_name: tuple[str, ...] = ()
    weak_when: tuple[tuple[str, str], ...] = ()
    alias_when: tuple[tuple[str, str], ...] = ()
    births: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    address_parts: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    programs: tuple[str, ...] = ()
    gender: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass
class Gathered:
    """What the rows of one entity have said so far, in order, each once."""

    schema: str
    names: dict[str, None] = field(default_factory=dict)
    aliases: dict[str, None] = field(default_factory=dict)
    weak: dict[str, None] = field(default_factory=dict)
    births: dict[str, None] = field(default_factory=dict)
    countries: dict[str, None] = field(default_factory=dict)
    addresses: dict[str, None] = field(default_factory=dict)
    numbers: dict[Identifier, None] = field(default_factory=dict)
    programs: dict[str, None] = field(default_factory=dict)
    gender: str = ""
    remarks: dict[str, None] = field(default_factory=dict)


EU_KINDS = {"p": "Person", "person": "Person", "e": "Organization", "enterprise": "Organization"}
EU = Layout(
    "EU financial sanctions",
    id=("entity_logicalid", "entity_logical_id"),
    kind=("entity_subjecttype_classificationcode", "entity_subjecttype", "subject_type"),
    schema_by_kind=EU_KINDS,
    whole_name=("namealias_wholename", "naal_wholename"),
    name_parts=(
        ("namealias_firstname", "namealias_middlename", "namealias_lastname"),
        ("naal_firstname", "naal_middlename", "naal_lastname"),
    ),
    weak_when=(("namealias_strong", "false"),),
    births=("birthdate_birthdate", "birthdate_year", "birt_date"),
    countries=("citizenship_countryiso2code", "citizenship_countrydescription", "citi_country"),
    address_parts=(
        ("address_street", "address_pobox", "address_city", "address_zipcode", "address_countrydescription"),
        ("addr_street", "addr_number", "addr_city", "addr_zipcode", "addr_country"),
    ),
    numbers=(("identification_number", "idNumber"), ("iden_number", "idNumber")),
    programs=("entity_regulation_programme", "programme"),
    gender=("namealias_gender", "naal_gender"),
    remarks=("entity_remark",),
)
UK_NAMES = (("name 1", "name 2", "name 3", "name 4", "name 5", "name 6"),)
UK_KINDS = {"individual": "Person", "entity": "Organization", "ship": "Vessel"}
OFSI = Layout(
    "UK consolidated list",
    id=("group id",),
    kind=("group type",),
    schema_by_kind=UK_KINDS,
    name_parts=UK_NAMES,
    original_name=("name non-latin script",),
    weak_when=(("alias quality", "low"),),
    alias_when=(("alias type", "aka"), ("alias type", "fka"), ("alias type", "a.k.a"), ("alias type", "f.k.a")),
    births=("dob",),
    countries=("nationality",),
    address_parts=(("address 1", "address 2", "address 3", "address 4", "address 5", "address 6", "post/zip code", "country"),),
    numbers=(("passport number", "passportNumber"), ("national identification number", "idNumber")),
    programs=("regime",),
    remarks=("position", "other information"),
)
OFSI_XML = Layout(
    OFSI.publisher,
    id=("groupid",),
    kind=("grouptypedescription",),
    schema_by_kind=UK_KINDS,
    name_parts=(("name1", "name2", "name3", "name4", "name5", "name6"),),
    original_name=("namenonlatinscript",),
    weak_when=(("aliasquality", "low"),),
    alias_when=tuple(("aliastype", word) for _, word in OFSI.alias_when),
    births=("individual_dateofbirth",),
    countries=("individual_nationality", "ship_flag"),
    address_parts=(("address1", "address2", "address3", "address4", "address5", "address6", "postcode", "country"),),
    numbers=(
        ("individual_passportnumber", "passportNumber"),
        ("individual_ninumber", "idNumber"),
        ("entity_businessregnumber", "registrationNumber"),
        ("ship_imonumber", "imoNumber"),
    ),
    programs=("regimename",),
    gender=("individual_gender",),
    remarks=("individual_position", "otherinformation"),
)
UK_ADDRESS = tuple(f"address line {number}" for number in range(1, 7))
UK = Layout(
    "UK Sanctions List",
    id=("unique id",),
    kind=("designation type", "individual, entity, ship"),
    schema_by_kind=UK_KINDS,
    name_parts=UK_NAMES,
    original_name=("name non-latin script",),
    weak_when=(("alias strength", "low"),),
    alias_when=(("name type", "alias"),),
    births=("d.o.b",),
    countries=("nationality(/ies)", "current believed flag of ship"),
    address_parts=((*UK_ADDRESS, "address postal code", "address country"),),
    numbers=(
        ("passport number", "passportNumber"),
        ("national identifier number", "idNumber"),
        ("business registration number (s)", "registrationNumber"),
        ("imo number", "imoNumber"),
    ),
    programs=("regime name",),
    gender=("gender",),
    remarks=("position", "other information"),
)


def read_grouped(file: ListFile, layout: Layout, *, delimiter: str) -> tuple[tuple[Entity, ...], str]:
    """The entities, and the day that the publisher states (empty where it does not). Raises ListError."""
    file.refuse_cut_row()
    gathered: dict[str, Gathered] = {}
    header: list[str] = []
    made = ""
    for number, row in file.rows(delimiter=delimiter, fallback="cp1252"):
        if not header:
            folded = [cell.strip().lower() for cell in row]
            if any(column in folded for column in layout.id):
                header = refuse_unknown(folded, layout, number)
            elif number > 3:
                break
            else:
                made = made or stated_day(row)
            continue
        if len(row) != len(header):
            reason = f"The row has {len(row)} columns; the header has {len(header)}."
            raise ListError(f"row {number}", "", reason, FETCH_AGAIN)
        cells = dict(zip(header, (" ".join(cell.split()) for cell in row), strict=True))
        if any(cells.values()):
            made = made or next(iter(published_dates(cells.get("filegenerationdate", "") or cells.get("date_file", ""))), "")
            take_row(gathered, cells, layout, f"row {number}")
    if not header:
        raise ListError("row 1", layout.id[0], f"There is no header of the {layout.publisher}.", "Choose its format.")
    return tuple(entity_of(identity, found, layout) for identity, found in gathered.items()), made


def refuse_unknown(header: list[str], layout: Layout, number: int) -> list[str]:
    """The header, if it has the columns without which nobody can be told."""
    names = [*layout.whole_name, *(part for parts in layout.name_parts for part in parts)]
    for needed, columns in (("kind", layout.kind), ("name", names)):
        if not any(column in header for column in columns):
            raise ListError(f"row {number}", needed, f"The header has none of {', '.join(columns)}.", FETCH_AGAIN)
    return header


def stated_day(row: list[str]) -> str:
    """`Last Updated,21/09/2026` or `Report Date: 23-Sep-2026`: what stands above the header."""
    for cell in (part for each in row for part in each.split(": ")):
        if days := published_dates(cell):
            return days[0]
    return ""


def take_row(gathered: dict[str, Gathered], cells: Cells, layout: Layout, where: str) -> None:
    identity = first(cells, layout.id)
    if not identity:
        raise ListError(where, layout.id[0], "The entity has no number.", FETCH_AGAIN)
    found = gathered.get(identity)
    if found is None:
        kind = first(cells, layout.kind).lower()
        if kind not in layout.schema_by_kind:
            raise ListError(where, layout.kind[0], f"{kind!r} is none of {', '.join(layout.schema_by_kind)}.", FETCH_AGAIN)
        found = gathered[identity] = Gathered(layout.schema_by_kind[kind])
    take_name(found, cells, layout)
    if original := first(cells, layout.original_name):
        found.names[original] = None
    for column in layout.births:
        found.births.update(dict.fromkeys(day for part in parts_of(cells.get(column, "")) for day in published_dates(part)))
    countries = first(cells, layout.countries)
    found.countries.update(dict.fromkeys(part for part in parts_of(countries) if part.lower() not in NO_WORDS))
    for parts in layout.address_parts:
        said = [cells.get(part, "") for part in parts]
        if any(said[:-1]):
            found.addresses[", ".join(part for part in said if part)] = None
    for column, kind in layout.numbers:
        for value in parts_of(cells.get(column, "")):
            if value.lower() not in NO_WORDS:
                found.numbers[Identifier(kind, value)] = None
    for columns, kept in ((layout.programs, found.programs), (layout.remarks, found.remarks)):
        kept.update(dict.fromkeys(cells[column] for column in columns if cells.get(column)))
    found.gender = found.gender or gender_of(first(cells, layout.gender))


def take_name(found: Gathered, cells: Cells, layout: Layout) -> None:
    name = first(cells, layout.whole_name) or next(
        (joined for parts in layout.name_parts if (joined := " ".join(filter(None, (cells.get(part, "") for part in parts))))), ""
    )
    if not name:
        return
    if any(cells.get(column, "").lower().startswith(word) for column, word in layout.weak_when):
        found.weak[name] = None
    elif any(cells.get(column, "").lower().startswith(word) for column, word in layout.alias_when):
        found.aliases[name] = None
    else:
        found.names[name] = None


def parts_of(text: str) -> list[str]:
    """`(1) Iran. (2) Iraq` as its parts; anything else is one."""
    pieces: list[str] = [""]
    for word in text.split():
        if len(word) > 2 and word[0] == "(" and word[-1] == ")" and word[1:-1].isdigit():
            pieces.append("")
        else:
            pieces[-1] = f"{pieces[-1]} {word}".strip()
    numbered = len(pieces) > 1
    return [cleaned for piece in pieces if (cleaned := piece.rstrip(" .;,") if numbered else piece)]


def gender_of(text: str) -> str:
    return {"m": "male", "male": "male", "f": "female", "female": "female"}.get(text.lower(), "")


def first(cells: Cells, columns: tuple[str, ...]) -> str:
    return next((cells[column] for column in columns if cells.get(column)), "")


def entity_of(identity: str, found: Gathered, layout: Layout) -> Entity:
    """What was gathered; an entity known by aliases alone takes the first for its name."""
    names = tuple(found.names) or tuple(found.aliases)[:1] or tuple(found.weak)[:1]
    if not names:
        raise ListError(f"entity {identity}", "name", "The entity has no name.", FETCH_AGAIN)
    return Entity(
        id=identity,
        schema=found.schema,
        names=names,
        aliases=tuple(alias for alias in found.aliases if alias not in names),
        weak_aliases=tuple(alias for alias in found.weak if alias not in names),
        birth_dates=tuple(found.births) if found.schema == "Person" else (),
        countries=tuple(found.countries),
        addresses=tuple(found.addresses),
        identifiers=tuple(found.numbers),
        programs=tuple(found.programs),
        gender=found.gender if found.schema == "Person" else "",
        remarks="; ".join(found.remarks),
    )
