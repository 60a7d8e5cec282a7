"""The tags and filters that every template has without loading them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from enduse import formats
from enduse.accounts import permissions
from enduse.licensing.cases import CaseEvent
from enduse.web import charts, states

register = template.Library()



@register.filter
def number(value: Any, digits: int | None = None) -> str:
    """{{ 42310|number }} -> 42,310"""
    return "–" if value in (None, "") else formats.number(value, digits)


@register.filter
def share(value: Any, digits: int | None = None) -> str:
    """{{ 0.113|share }} -> 11%"""
    return "–" if value in (None, "") else formats.share(value, digits)


@register.filter
def total(rows: Any, name: str) -> int:
    """{{ lines|total:"quantity" }}: the sum of one field over rows"""
    return sum(charts.pick(row, name) or 0 for row in rows)


@register.simple_tag
def interval(low: Any, high: Any, as_share: bool = False, digits: int | None = None) -> str:
    """{% interval 3900 5600 %} -> 3,900 to 5,600"""
    return formats.interval(low, high, as_share=as_share, digits=digits)


@register.filter
def day(value: date | None) -> str | SafeString:
    """{{ event.occurred_on|day }} -> 14 May 2009, in a <time>; a dash where there is none ('' is what a missing row gives)"""
    if not value:
        return "–"
    return format_html('<time datetime="{}">{}</time>', value.isoformat()[:10], formats.day(value))


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """{{ event.recorded_at|moment }} -> 14 May 2009, 09:30 UTC"""
    if not value:
        return "–"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.moment(value))


@register.simple_tag
def dates(start: date | None, until: date | None = None) -> str:
    """{% dates event.occurred_on event.occurred_until %} -> May 2009; between 3 May 2009 and 9 June 2009"""
    return formats.days_between(start or None, until or None)


@register.simple_tag
def pill(state: str, label: str = "", tone: str = "") -> SafeString:
    """{% pill licence.state %}: a state as a small label. `tone`: good, warn, bad, note, quiet."""
    written, own_tone = states.shown(state, label, tone)
    return format_html('<span class="pill pill-{}">{}</span>', own_tone, written)


@register.filter
def serial(value: Any) -> SafeString:
    """{{ firearm.serial|serial }}: in a type that tells 0 from O and 1 from I."""
    return format_html('<span class="serial">{}</span>', value)



@register.filter
def position(code: str) -> str:
    """{{ advice.code|position }}: a body's advice in words."""
    return str(dict(CaseEvent.POSITIONS).get(code, code))


@register.filter
def can(user: Any, action: str) -> bool:
    """{% if user|can:"licensing.decide" %}"""
    return permissions.may(user, action)


@register.filter
def sees(user: Any, noun: str) -> bool:
    """{% if user|sees:"value" %}"""
    return permissions.sees(user, noun)



@register.inclusion_tag("components/figure.html")
def figure(
    value: Any, *, label: str, source: str, of: Any = None, of_what: str = "", low: Any = None, high: Any = None, level: str = "95%",
    as_share: bool = False, unit: str = "", as_of: date | None = None, source_url: str = "", url: str = "", note: str = "", tone: str = "",
) -> dict[str, Any]:
    """A figure with its denominator, source and uncertainty (rule 8); it cannot be shown without them.

    `of`: the denominator's number; `of_what`: what it counts (alone it says what the value is a total of). With
    `as_share` and `of`, the share is written large and the two numbers below it; without `of` the value is the share.
    """
    if not str(source) or (of is None and not str(of_what)):
        raise ValueError(f"The figure '{label}' needs a source and its denominator: of=, of_what= or both (rule 8).")
    written = formats.number(value)
    if as_share:
        whole = value / of if of and value is not None else None if of is not None else value
        written = formats.share(whole)
    return {
        "label": label, "written": written, "counted": formats.number(value) if as_share and of is not None else "",
        "of": formats.number(of) if of is not None else "", "of_what": of_what, "unit": unit,
        "range": formats.interval(low, high, as_share=as_share) if low is not None and high is not None else "", "level": level,
        "source": source, "source_url": source_url, "as_of": formats.day(as_of) if as_of else "", "url": url, "note": note, "tone": tone,
        "unknown": value is None,
    }


@register.inclusion_tag("components/log_place.html")
def log_place(leaf: Any) -> dict[str, Any]:
    """{% log_place event.leaf_id %}: where a fact stands in the log, with the link that verifies it."""
    index = getattr(leaf, "pk", leaf)
    try:
        url = reverse("ledger:leaf", args=[index])
    except NoReverseMatch:
        url = ""
    return {"leaf": index, "url": url}



@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, key: str, label: str, numeric: bool = False, default: str = "") -> dict[str, Any]:
    """{% sort_header "issued_on" _("Issued") default="-issued_on" %}: a table head that sorts by ?sort=key or ?sort=-key."""
    request = context["request"]
    asked = request.GET.get("sort", default)
    query = request.GET.copy()
    query.pop("page", None)
    query["sort"] = f"-{key}" if asked == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(asked, "")
    return {"label": label, "query": query.urlencode(), "direction": direction, "numeric": numeric}


@register.filter
def control(field: BoundField) -> SafeString:
    """The input of a form field, with a date picker where it asks for a date and the right keyboard for numbers."""
    widget = field.field.widget
    if isinstance(field.field, forms.DateField) and type(widget) is forms.DateInput:
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    if isinstance(field.field, forms.ModelChoiceField) and field.field.empty_label == "---------":
        field.field.empty_label = _("choose") if field.field.required else "–"
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("rows", 4)
        widget.attrs.pop("cols", None)
    if widget.attrs.get("placeholder") == str(field.label):
        widget.attrs.pop("placeholder")  # the label says it already
    return field.as_widget()


@register.filter
def shape(field: BoundField) -> str:
    """How a field is laid out: 'check' (one box beside its label), 'choices' (a group with a legend), 'file' or 'line'."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "file" if isinstance(widget, forms.FileInput) else "line"


@register.filter
def at(value: Any, key: Any) -> Any:
    """{{ mapping|at:key }}: the value under a key that a variable holds."""
    return charts.pick(value, key) if not isinstance(value, list | tuple) else value[key]



def _frame(title: str, **said: Any) -> dict[str, Any]:
    return {"title": title, **said}


@register.inclusion_tag("components/chart_line.html")
def chart_line(
    series: Sequence[Any], *, title: str, source: str, of_what: str = "", kind: str = "number", sub: str = "", download: str = "",
    x_name: str = "", level: str = "95%", from_zero: bool = True,
) -> dict[str, Any]:
    """Lines with interval fans; `series`: points (x, y, low, high) or rows of label and points."""
    drawn = charts.line_chart(series, kind=kind, floor=0.0 if from_zero else None, x_name=x_name)
    return _frame(title, chart=drawn, source=source, of_what=of_what, sub=sub, download=download, level=level)


@register.inclusion_tag("components/chart_rows.html")
def chart_intervals(
    rows: Sequence[Any], *, title: str, source: str, of_what: str = "", kind: str = "number", sub: str = "", download: str = "",
    level: str = "95%", reference: Any = None, reference_label: str = "", beside_label: str = "",
) -> dict[str, Any]:
    """A dot with its whisker for each row (label, value, low, high, note, url, tone); `beside`: a second mark, named in `beside_label`."""
    drawn = charts.row_chart(rows, kind=kind, reference=reference, reference_label=reference_label)
    return _frame(title, chart=drawn, source=source, of_what=of_what, sub=sub, download=download, level=level, mark="dot", beside_label=beside_label)


@register.inclusion_tag("components/chart_rows.html")
def chart_bars(
    rows: Sequence[Any], *, title: str, source: str, of_what: str = "", kind: str = "number", sub: str = "", download: str = "",
) -> dict[str, Any]:
    """A bar for each row (label, value, of, note, url, tone)."""
    return _frame(title, chart=charts.row_chart(rows, kind=kind), source=source, of_what=of_what, sub=sub, download=download, mark="bar")


@register.inclusion_tag("components/life.html")
def life(events: Sequence[Any], *, label: str = "") -> dict[str, Any]:
    """The life of one firearm: events of `words`, `on`, `until`, `who`, `place`, `recorded_at`, `leaf`, `tone`, `url`, in order.

    `tone` 'bad' marks a loss (the line after it is broken until found or recovered); 'note' a recovery.
    """
    made = []
    for event in events:
        seen = {name: charts.pick(event, name) for name in ("words", "who", "place", "recorded_at", "leaf", "tone", "url", "note")}
        made.append(seen | {"when": formats.days_between(charts.pick(event, "on"), charts.pick(event, "until"))})
    return {"events": made, "label": label}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[float], *, label: str) -> dict[str, Any]:
    """{% sparkline counts label=_("Recoveries a month, 2009 to 2011") %}"""
    return {"path": charts.sparkline(list(values)), "label": label}


@register.filter
def unlocal(value: float) -> str:
    """A number as SVG writes it, whatever the language of the page."""
    return f"{value:g}"


@register.filter
def own_page(address: str | None, request: HttpRequest) -> str:
    """The page the reader came from when it is one of ours, else the front page."""
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return address if address and ours else "/"
