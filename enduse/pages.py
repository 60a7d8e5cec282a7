"""What every page does alike: find what the viewer may see, try an action and show why it was refused, list, export."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.db.models.sql.where import WhereNode
from django.forms import BaseForm
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse.refusals import Invalid, NotPermitted, Problem, Refused

T = TypeVar("T")
M = TypeVar("M", bound=Model)
PAGE_SIZE = 50
LARGEST_KEY = 2**63 - 1
# What the columns of lines are called, where a problem of a row names one.
NAMES_IN_ROWS = {
    "firearm_type": gettext_lazy("Type"), "make": gettext_lazy("Make"), "model": gettext_lazy("Model"), "calibre": gettext_lazy("Calibre"),
    "quantity": gettext_lazy("Quantity"), "unit_value_cents": gettext_lazy("USD each"), "control_entry": gettext_lazy("Control list"),
    "lines": gettext_lazy("Lines"), "certificate": gettext_lazy("End-use certificate")}
COUNTED = 2_000  # of what a search or a derived state finds, no more is counted: the rest is for the export


def visible_or_404(rows: QuerySet[Any], **lookup: Any) -> Any:
    """The one row of an already scoped queryset. What is outside the scope answers as what does not exist (rule 10)."""
    beyond = any(isinstance(value, int) and value > LARGEST_KEY for value in lookup.values())  # an address that somebody made up
    found = None if beyond else rows.filter(**lookup).first()
    if found is None:
        raise Http404(_("Nothing here that you may see."))
    return found


def attempt(request: HttpRequest, form: BaseForm, action: Callable[[], T]) -> T | None:
    """Run an action for a valid form. Refused or invalid: its text goes onto the form, nothing was recorded, None."""
    try:
        return action()
    except NotPermitted:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        form.refusal = refusal  # type: ignore[attr-defined]
    except Invalid as invalid:
        for problem in invalid.problems:
            field = _field_of(form, problem)
            form.add_error(field, problem.reason + (f" {problem.remedy}" if problem.remedy else "") if field else str(problem))
        named = [replace(problem, field=_as_the_page_names_it(form, problem)) for problem in invalid.problems]
        form.invalid = Invalid(named, total=invalid.total)  # type: ignore[attr-defined]
        form.by_field = invalid.problems  # type: ignore[attr-defined]
    return None


def _field_of(form: BaseForm, problem: Problem) -> str | None:
    """The form's own field that a problem is about: `certificate.number` stands there as `number`."""
    name = problem.field.rpartition(".")[2]
    return name if problem.row is None and name in form.fields else None


def _as_the_page_names_it(form: BaseForm, problem: Problem) -> str:
    field = _field_of(form, problem)
    return str(form.fields[field].label) if field else str(NAMES_IN_ROWS.get(problem.field, problem.field))


def say(request: HttpRequest, text: str) -> None:
    """Tell the person what was done, on the next page."""
    messages.success(request, text)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from (?next=), when that is a page of this site; otherwise the page that is named."""
    asked = request.GET.get("next", "")
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else otherwise


def part_of(rows: QuerySet[Any], first: int, last: int, fields: Mapping[str, str] | None = None) -> list[Any]:
    """The rows from one place to another. Which they are is found by their keys alone, so that a page far down costs no more than
    the first: what the rows show is read of them only. `fields`: see `of_keys`.
    """
    if fields is None and (rows.query.distinct or rows.query.combinator):
        return list(rows[first:last])
    return of_keys(rows, list(rows.values_list("pk", flat=True)[first:last]), fields)


def of_keys(rows: QuerySet[Any], keys: Sequence[Any], fields: Mapping[str, str] | None = None) -> list[Any]:
    """The rows of these keys, which the rows' own conditions found a moment ago: these are not asked again.

    `fields`: of each row a dictionary of these, by the paths that are named, instead of the row: a model made for each would be felt.
    """
    fresh = rows.order_by()
    fresh.query.where = WhereNode()
    if fields is None:
        found = fresh.in_bulk(keys)
    else:
        found = {key: dict(zip(fields, said, strict=True)) for key, *said in fresh.filter(pk__in=keys).values_list("pk", *fields.values())}
    return [found[key] for key in keys if key in found]


class FirstKeys:
    """The keys of a list's first rows, at most `most`, read once for their number and for any part of them."""

    def __init__(self, rows: QuerySet[Any], most: int) -> None:
        keys = list(rows.values_list("pk", flat=True)[:most + 1])
        self.rows, self.keys, self.more = rows, keys[:most], len(keys) > most

    def part(self, first: int, last: int, fields: Mapping[str, str] | None = None) -> list[Any]:
        whole = last <= len(self.keys) or not self.more
        return of_keys(self.rows, self.keys[first:last], fields) if whole else part_of(self.rows, first, last, fields)


def listed(rows: QuerySet[Any], offset: int, limit: int, *, most: int = 0, fields: Mapping[str, str]) -> dict[str, Any]:
    """A part of a list as an endpoint answers it, with how many there are; `most`: no more are counted, and `more` says that there are others.

    `fields`: what each item says, by the paths from its row.
    """
    if not most:
        return {"count": rows.count(), "more": False, "items": part_of(rows, offset, offset + limit, fields)}
    first = FirstKeys(rows, most)
    return {"count": len(first.keys), "more": first.more, "items": first.part(offset, offset + limit, fields)}


class Pages(Paginator):  # type: ignore[type-arg]
    """The pages of a list. With `most`, no more rows are counted and paged: `is_cut` says that there are others."""

    def __init__(self, rows: QuerySet[Any] | Sequence[Any], size: int, most: int = 0) -> None:
        super().__init__(rows, size)
        self._most = most

    @cached_property
    def _first_keys(self) -> FirstKeys | None:
        rows = self.object_list
        return FirstKeys(rows, self._most) if self._most and isinstance(rows, QuerySet) and not rows.query.distinct else None

    @cached_property
    def count(self) -> int:
        return len(self._first_keys.keys) if self._first_keys is not None else super().count

    @property
    def is_cut(self) -> bool:
        return self._first_keys is not None and self._first_keys.more

    def page(self, number: int | str) -> Page[Any]:
        if not isinstance(self.object_list, QuerySet):
            return super().page(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        return Page(self._first_keys.part(first, last) if self._first_keys is not None else part_of(self.object_list, first, last), number, self)


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], *, size: int = PAGE_SIZE, most: int = 0) -> Page[Any]:
    """The page of a list that the URL asks for (?page=). The links keep the filters: see `query_without_page`."""
    return Pages(rows, size, most).get_page(request.GET.get("page"))


def query_without_page(request: HttpRequest) -> str:
    """The filters of a list as a query string, for links to its other pages and to its export."""
    return urlencode([(key, value) for key, values in request.GET.lists() for value in values if key not in {"page", "format"}])


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Rows as a CSV file. A text that a spreadsheet would run as a formula is written with an apostrophe before it."""
    writer = csv.writer(_Echo())

    def lines() -> Iterable[str]:
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([_harmless(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _harmless(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
