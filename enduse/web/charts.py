"""The geometry of charts, computed here and drawn by templates as SVG: no script and no inline style.

Positions are percentages of the plot, so one drawing serves every width; paths are in a square of 1000 by 1000 that
the browser stretches. Rows may be mappings or objects with the named attributes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from enduse import formats

Point = tuple[float, float]


def pick(row: Any, name: str, default: Any = None) -> Any:
    if isinstance(row, Mapping):
        return row.get(name, default)
    return getattr(row, name, default)


def says(kind: str) -> Any:
    """How values are written: 'number' or 'share'."""
    return formats.share if kind == "share" else formats.number


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers that cover low to high, about `about` steps of them."""
    if high <= low:
        high = low + 1
    raw = (high - low) / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


@dataclass(frozen=True)
class Tick:
    at: float  # percent of the plot
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Drawn:
    """One series of a line chart, ready to draw."""

    label: str
    band: str
    line: str
    end: Point
    place: int


@dataclass(frozen=True)
class LineChart:
    series: list[Drawn]
    y_ticks: list[Tick]
    x_ticks: list[Tick]
    header: list[str]
    rows: list[list[str]]
    last: str


@dataclass(frozen=True)
class Row:
    """One row of bars or of dots with whiskers: percentages of the track, and what is written beside it."""

    label: str
    written: str
    range_written: str
    at: float
    low: float | None
    high: float | None
    tone: str
    url: str
    note: str
    of: str
    beside: float | None = None  # where a second mark stands: what was claimed beside what came true


@dataclass(frozen=True)
class RowChart:
    rows: list[Row]
    ticks: list[Tick]
    zero: float
    reference: Tick | None = None
    has_ranges: bool = False
    has_of: bool = False
    header: list[str] = field(default_factory=list)


def _x_of(value: Any) -> float:
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def _x_written(value: Any) -> str:
    return formats.day(value) if isinstance(value, date) else formats.number(value) if isinstance(value, int | float) else str(value)


def _date_ticks(first: date, last: date) -> list[tuple[float, str]]:
    months = (last.year - first.year) * 12 + last.month - first.month
    if months <= 18:
        step = max(1, math.ceil(months / 6))
        places = [(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1) for n in range(0, months + 1, step)]
        days = [date(year, month, 1) for year, month in places]
        return [(_x_of(day), formats.month(day)) for day in days if first <= day <= last]
    step = max(1, math.ceil((last.year - first.year) / 7))
    days = [date(year, 1, 1) for year in range(first.year, last.year + 1, step)]
    return [(_x_of(day), str(day.year)) for day in days if first <= day <= last]


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def line_chart(series: Sequence[Any], *, kind: str = "number", floor: float | None = 0.0, x_name: str = "") -> LineChart | None:
    """Lines with their interval fans. `series`: rows of `label`, `points`; a point: `x` (date or number), `y`, `low`, `high`.

    A plain list of points is one series. None when there is nothing to draw. `floor`: where the y axis starts at the latest.
    """
    if series and pick(series[0], "points") is None:
        series = [{"label": "", "points": series}]
    named = [(str(pick(row, "label", "") or ""), list(pick(row, "points"))) for row in series]
    named = [(label, points) for label, points in named if points]
    if not named:
        return None
    everything = [point for _label, points in named for point in points]
    xs = [pick(point, "x") for point in everything]
    ys = [float(value) for point in everything for name in ("y", "low", "high") if (value := pick(point, name)) is not None]
    ticks = nice_ticks(min(ys) if floor is None else min(floor, *ys), max(ys))
    x_low, x_high = _x_of(min(xs)), _x_of(max(xs))
    x_span, y_span = (x_high - x_low) or 1.0, ticks[-1] - ticks[0]

    def across(value: Any) -> float:
        return (_x_of(value) - x_low) / x_span

    def down(value: float) -> float:
        return 1 - (float(value) - ticks[0]) / y_span

    drawn = []
    for place, (label, points) in enumerate(named):
        fan = [point for point in points if pick(point, "low") is not None and pick(point, "high") is not None]
        upper = [(across(pick(point, "x")) * 1000, down(pick(point, "high")) * 1000) for point in fan]
        lower = [(across(pick(point, "x")) * 1000, down(pick(point, "low")) * 1000) for point in reversed(fan)]
        line = [(across(pick(point, "x")) * 1000, down(pick(point, "y")) * 1000) for point in points if pick(point, "y") is not None]
        end = (line[-1][0] / 10, line[-1][1] / 10) if line else (0.0, 0.0)
        drawn.append(Drawn(label, _path(upper + lower) + "Z" if fan else "", _path(line) if line else "", end, place % 5 + 1))
    first, last = min(xs), max(xs)
    if isinstance(first, date):
        marks = _date_ticks(first, last)
    else:
        marks = [(at, formats.number(at)) for at in nice_ticks(x_low, x_high, 6) if x_low <= at <= x_high]
    say = says(kind)
    return LineChart(
        series=drawn,
        y_ticks=[Tick(round(down(value) * 100, 3), say(value)) for value in ticks],
        x_ticks=[_edge_tick((at - x_low) / x_span * 100, label) for at, label in marks],
        header=_header(named, x_name),
        rows=_line_rows(named, say),
        last="; ".join(_last_written(label, points[-1], say) for label, points in named),
    )


def _edge_tick(at: float, label: str) -> Tick:
    return Tick(round(at, 3), label, "start" if at < 3 else "end" if at > 97 else "middle")


def _header(named: list[tuple[str, list[Any]]], x_name: str) -> list[str]:
    header = [x_name or _("When")]
    for label, points in named:
        header.append(label or _("Value"))
        if any(pick(point, "low") is not None for point in points):
            header.append(_("Interval"))
    return header


def _line_rows(named: list[tuple[str, list[Any]]], say: Any) -> list[list[str]]:
    by_x: dict[Any, dict[int, Any]] = {}
    for place, (_label, points) in enumerate(named):
        for point in points:
            by_x.setdefault(pick(point, "x"), {})[place] = point
    rows = []
    for x in sorted(by_x):
        row = [_x_written(x)]
        for place, (_label, points) in enumerate(named):
            point = by_x[x].get(place, {})
            row.append(say(pick(point, "y")))
            if any(pick(each, "low") is not None for each in points):
                row.append(formats.interval(pick(point, "low"), pick(point, "high"), as_share=say is formats.share))
        rows.append(row)
    return rows


def _last_written(label: str, point: Any, say: Any) -> str:
    written = f"{_x_written(pick(point, 'x'))}: {say(pick(point, 'y'))}"
    if pick(point, "low") is not None:
        written += f" ({formats.interval(pick(point, 'low'), pick(point, 'high'), as_share=say is formats.share)})"
    return f"{label} {written}".strip()


def row_chart(rows: Sequence[Any], *, kind: str = "number", reference: Any = None, reference_label: str = "") -> RowChart | None:
    """Bars, or dots with whiskers: rows of `label`, `value`, and where known `low`, `high`, `beside`, `of`, `tone`, `url`, `note`."""
    rows = list(rows)
    values = [float(value) for row in rows for name in ("value", "low", "high", "beside") if (value := pick(row, name)) is not None]
    if not values:
        return None
    if reference is not None:
        values.append(float(reference))
    ticks = nice_ticks(min(0.0, *values), max(0.0, *values), 3)
    low, span = ticks[0], ticks[-1] - ticks[0]
    say = says(kind)

    def across(value: Any) -> float | None:
        return None if value is None else round((float(value) - low) / span * 100, 3)

    made = []
    for row in rows:
        value, of = pick(row, "value"), pick(row, "of")
        whisker = (pick(row, "low"), pick(row, "high"))
        made.append(Row(
            label=str(pick(row, "label", "")), written=say(value), at=across(value) if value is not None else -5.0,  # type: ignore[arg-type]
            range_written=formats.interval(*whisker, as_share=kind == "share") if None not in whisker else "",
            low=across(whisker[0]), high=across(whisker[1]), tone=str(pick(row, "tone", "") or ""), url=str(pick(row, "url", "") or ""),
            note=str(pick(row, "note", "") or ""), of="" if of is None else formats.number(of) if isinstance(of, int | float) else str(of), beside=across(pick(row, "beside")),
        ))
    return RowChart(
        rows=made, ticks=[_edge_tick(across(tick) or 0.0, say(tick)) for tick in ticks], zero=across(0) or 0.0,
        reference=None if reference is None else Tick(across(reference) or 0.0, reference_label or say(reference)),
        has_ranges=any(row.range_written for row in made), has_of=any(row.of for row in made),
    )


def sparkline(values: Sequence[float | int]) -> str:
    """The path of a small line in a square of 1000 by 1000, from the first value to the last; '' below two values."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = 1000 / (len(values) - 1)
    return _path((place * step, 950 - (value - low) / span * 900) for place, value in enumerate(values))
