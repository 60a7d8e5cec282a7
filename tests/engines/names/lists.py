"""Small invented lists in the layouts that publishers use."""

from __future__ import annotations

import json
from pathlib import Path

from enduse.engines import names

NOTHING = "-0- "


def ofac_row(number: int, name: str, kind: str = NOTHING, remarks: str = NOTHING, **cells: str) -> str:
    """One row of twelve columns; `cells` are program, title, call_sign, flag."""
    columns = [
        str(number),
        f'"{name}"',
        kind if kind == NOTHING else f'"{kind}"',
        f'"{cells.get("program", "TEST")}"',
        cells.get("title", NOTHING),
        cells.get("call_sign", NOTHING),
        NOTHING,
        NOTHING,
        NOTHING,
        cells.get("flag", NOTHING),
        NOTHING,
        remarks if remarks == NOTHING else f'"{remarks}"',
    ]
    return ",".join(columns)


def ofac_file(folder: Path, *rows: str, end: str = "\x1a", name: str = "sdn.csv") -> Path:
    path = folder / name
    path.write_text("".join(f"{row}\r\n" for row in rows) + end, encoding="utf-8")
    return path


ADD = """12,1,"5 Invented Road","Villa Inventada 01234","Mexico",-0- 
12,2,-0- ,-0- ,"Spain",-0- 
13,3,"P.O. Box 77",-0- ,"Panama","invented"
"""
ALT = """12,1,"aka","FIKTISIO, Ramiro",-0- 
13,2,"fka","MOLINO ANTIGUO S.A.",-0- 
"""
COMMENTS = """13,"o0001 (Panama); a.k.a. 'MQ'."
"""


def sdn_text() -> str:
    """A main table of two entities, the second of which has more remarks than fit."""
    return "".join(f"{row}\r\n" for row in (
        ofac_row(12, "FICTICIO, Ramiro", "individual", "DOB 14 Mar 1971; nationality Mexico; a.k.a. 'EL CARTERO'; Passport X0000001 (Mexico)."),
        ofac_row(13, "MOLINO QUIMERA S.A.", remarks="Tax ID No. DEM"),
    ))


def tables(folder: Path, *, before: str = "", end: str = "\x1a") -> dict[str, Path]:
    """The Treasury's four tables, small and invented: `before` goes before their names."""
    texts = {"sdn": sdn_text(), "add": ADD, "alt": ALT, "sdn_comments": COMMENTS}
    found = {}
    for name, text in texts.items():
        found[name] = folder / f"{before}{name}.csv"
        found[name].write_text(text + end, encoding="utf-8", newline="")
    return found


UN_PERSON = """
<INDIVIDUAL><DATAID>{id}</DATAID><FIRST_NAME>{name}</FIRST_NAME><SECOND_NAME> BIN WAHM </SECOND_NAME>
<UN_LIST_TYPE>Testland</UN_LIST_TYPE><REFERENCE_NUMBER>TLi.001</REFERENCE_NUMBER>
<NAME_ORIGINAL_SCRIPT>سليم الخيالي</NAME_ORIGINAL_SCRIPT><NATIONALITY><VALUE>Yemen</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Saleem al-Khayaly</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Abu Surab</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ADDRESS><STREET>7 Invented Road</STREET><CITY>Aden</CITY><COUNTRY>Yemen</COUNTRY></INDIVIDUAL_ADDRESS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1968-11-11</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1970</FROM_YEAR><TO_YEAR>1972</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>X-000 123</NUMBER></INDIVIDUAL_DOCUMENT>
</INDIVIDUAL>"""
UN_BODY = """
<ENTITY><DATAID>{id}</DATAID><FIRST_NAME>{name}</FIRST_NAME><UN_LIST_TYPE>Testland</UN_LIST_TYPE>
<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Phantom Mill Group</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>
<ENTITY_ADDRESS><COUNTRY>Yemen</COUNTRY></ENTITY_ADDRESS></ENTITY>"""


def un_text(*, prologue: str = "", persons: str = "", bodies: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}'
        '<CONSOLIDATED_LIST dateGenerated="2031-05-06T07:08:09.000-04:00">'
        f"<INDIVIDUALS>{persons}</INDIVIDUALS><ENTITIES>{bodies}</ENTITIES></CONSOLIDATED_LIST>"
    )


def un_file(folder: Path, text: str | None = None) -> Path:
    path = folder / "consolidated.xml"
    whole = un_text(
        persons=UN_PERSON.format(id=101, name="SALIM"), bodies=UN_BODY.format(id=202, name="MOLINO FANTASMA")
    )
    path.write_text(whole if text is None else text, encoding="utf-8")
    return path


def ftm_line(identity: str, schema: str, **properties: list[object]) -> str:
    record = {"id": identity, "schema": schema, "properties": properties, "last_seen": "2031-02-03T04:05:06"}
    return json.dumps(record, ensure_ascii=False)


def ftm_file(folder: Path, *lines: str, end: str = "\n") -> Path:
    path = folder / "entities.ftm.json"
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    return path


def listed(*entities: names.Entity, source: str = "Test list", version: str = "1") -> names.ScreenedList:
    return names.ScreenedList(source, version, f"{source}-{version}", entities)


def person(identity: str, name: str, **fields: object) -> names.Entity:
    return names.Entity(identity, "Person", (name,), **fields)  # type: ignore[arg-type]


def body(identity: str, name: str, **fields: object) -> names.Entity:
    return names.Entity(identity, "Organization", (name,), **fields)  # type: ignore[arg-type]
