"""The US Treasury's Specially Designated Nationals list and its consolidated list of others, as tables of twelve columns.

Weak aliases, dates and places of birth, nationalities and numbers stand in the remarks, divided by semicolons; strong
aliases and addresses in tables of their own.
Layout: https://ofac.treasury.gov/specially-designated-nationals-list-data-formats-data-schemas
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from enduse.engines.names.dates import dates_within
from enduse.engines.names.entities import Entity, Identifier, ListError
from enduse.engines.names.files import FETCH_AGAIN, ListFile
from enduse.engines.names.ofac_tables import ADDRESSES, ALIASES, MAIN, NOTHING, Beside, read_beside, refuse_cut, refuse_strangers, rows_of, table_of

COLUMNS = (
    "ent_num",
    "SDN_Name",
    "SDN_Type",
    "Program",
    "Title",
    "Call_Sign",
    "Vess_type",
    "Tonnage",
    "GRT",
    "Vess_flag",
    "Vess_owner",
    "Remarks",
)
SCHEMA_BY_TYPE = {"": "Organization", "individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
REMEDY = FETCH_AGAIN

ALIAS = re.compile(r"^(?:alt\. )?(a\.k\.a\.|f\.k\.a\.|n\.k\.a\.)\s*['\"‘](.+?)['\"’]?$")
BIRTH = re.compile(r"^(?:alt\. )?DOB (.+)$")
COUNTRY = re.compile(r"^(?:alt\. )?(?:nationality|citizen) (.+)$")
GENDER = re.compile(r"^Gender (Male|Female)$")
NUMBER_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"^(?:alt\. )?(?:{start})\s*:?\s*([^\s(;].*?)(?=\s*\(|\s+issued|\s+expires|$)"), kind)
    for start, kind in (
        (r"Vessel Registration Identification IMO|Identification Number IMO|Company Number IMO", "imoNumber"),
        (r"MMSI", "mmsi"),
        (r"Passport", "passportNumber"),
        (r"(?:Tax ID No\.|RFC|NIT #|RUC #|RIF #|V\.A\.T\. Number)", "taxNumber"),
        (r"SWIFT/BIC", "swiftBic"),
        (r"Aircraft Manufacturer's Serial Number \(MSN\)", "serialNumber"),
        (r"Aircraft Construction Number \(also called L/N or S/N or F/N\)", "serialNumber"),
        (r"Digital Currency Address - \w+", "publicKey"),
        (r"LE Number|Legal Entity Number", "leiCode"),
        (
            r"Registration (?:Number|ID)|Business (?:Registration Number|Number)|Company Number|Commercial Registry"
            r" Number|Folio Mercantil No\.|C\.R\. No\.|Trade License No\.|Matricula Mercantil No\.?|Chamber of Commerce"
            r" Number|Unified Social Credit Code(?: \(USCC\))?|Enterprise Number|D-U-N-S Number|License",
            "registrationNumber",
        ),
        (
            r"National ID No\.|Cedula No\.|Identification Number|C\.U\.R\.P\.|D\.N\.I\.|SSN|Birth Certificate Number"
            r"|National Foreign ID Number|Travel Document Number|Electoral Registry No\.|Stateless Person ID Card",
            "idNumber",
        ),
    )
)


def read_ofac(file: ListFile, beside: Sequence[tuple[str, ListFile]] = ()) -> tuple[tuple[Entity, ...], tuple[str, ...]]:
    """The entities and the notes of the main table, with the tables `beside` it. Raises ListError at the first row that is not whole."""
    table = table_of(file.start)
    if table is None or table.kind != MAIN:
        raise ListError("row 1", "", f"The first row has not the {len(COLUMNS)} columns of the list.", REMEDY)
    marked = refuse_cut(file)
    also, notes = read_beside(beside)
    entities: dict[str, Entity] = {}
    for number, row in rows_of(file, table):
        entity = read_row(number, row, also)
        if entity.id in entities:
            raise ListError(f"row {number}", COLUMNS[0], f"Entity {entity.id} stands in the file twice.", REMEDY)
        entities[entity.id] = entity
    refuse_strangers(also, dict(entities))
    if not also.kinds & {ADDRESSES, ALIASES}:
        notes = ("Addresses and strong aliases stand in tables of their own, ADD and ALT, which were not loaded with this one.", *notes)
    if not marked:
        notes = ("The publisher's end mark is missing: rows at the end may have been lost.", *notes)
    return tuple(entities.values()), notes


def read_row(number: int, row: list[str], also: Beside) -> Entity:
    """One row as an entity; raises ListError for a wrong number of columns, no number, no name or a new type."""
    where = f"row {number}"
    if len(row) != len(COLUMNS):
        raise ListError(where, "", f"The row has {len(row)} columns; the list has {len(COLUMNS)}.", REMEDY)
    ent_num, name, kind, programs, title, call_sign, _, _, _, flag, _, remarks = row
    if not ent_num.isdigit():
        raise ListError(where, COLUMNS[0], f"{ent_num!r} is not an entity number.", REMEDY)
    if not name:
        raise ListError(where, COLUMNS[1], "The entity has no name.", REMEDY)
    schema = SCHEMA_BY_TYPE.get(kind.lower())
    if schema is None:
        raise ListError(
            where,
            COLUMNS[2],
            f"{kind!r} is none of individual, vessel, aircraft or {NOTHING}.",
            "Check that the file is the SDN list in its legacy CSV form.",
        )
    remarks += also.remarks.get(ent_num, "")
    found = read_remarks(remarks)
    return Entity(
        id=ent_num,
        schema=schema,
        names=(name,),
        aliases=tuple(dict.fromkeys((*found["alias"], *also.aliases.get(ent_num, ())))),
        weak_aliases=found["weak"],
        birth_dates=found["birth"] if schema == "Person" else (),
        countries=tuple(dict.fromkeys((flag, *found["country"]) if flag else found["country"])),
        addresses=tuple(also.addresses.get(ent_num, ())),
        identifiers=numbers_in(remarks) + ((Identifier("callSign", call_sign),) if call_sign else ()),
        programs=tuple(part.strip(" []") for part in programs.split("] [") if part.strip(" []")),
        gender=next(iter(found["gender"]), ""),
        remarks="; ".join(part for part in (title, remarks) if part),
    )


def read_remarks(remarks: str) -> dict[str, tuple[str, ...]]:
    """Aliases, birth dates, countries and gender of the remarks. A former name counts as a name, `a.k.a.` as weak."""
    found: dict[str, list[str]] = {"alias": [], "weak": [], "birth": [], "country": [], "gender": []}
    for remark in clauses(remarks):
        if alias := ALIAS.match(remark):
            found["weak" if alias[1] == "a.k.a." else "alias"].append(alias[2])
        elif birth := BIRTH.match(remark):
            found["birth"].extend(dates_within(birth[1]))
        elif country := COUNTRY.match(remark):
            found["country"].append(country[1])
        elif gender := GENDER.match(remark):
            found["gender"].append(gender[1].lower())
    return {key: tuple(dict.fromkeys(values)) for key, values in found.items()}


def numbers_in(remarks: str) -> tuple[Identifier, ...]:
    """The identity, registration and hull numbers of the remarks."""
    numbers: dict[Identifier, None] = {}
    for remark in clauses(remarks):
        for pattern, kind in NUMBER_KINDS:
            if match := pattern.match(remark):
                numbers[Identifier(kind, match[1].strip(" ,"))] = None
                break
    return tuple(numbers)


def clauses(remarks: str) -> list[str]:
    return [part.strip().rstrip(".") for part in remarks.split(";") if part.strip()]
