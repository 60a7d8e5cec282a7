"""A page with every component and sample values: for the tests and for whoever changes the look. Not part of the product.

Run it: DJANGO_SETTINGS_MODULE=tests.web.gallery_settings python -m django runserver
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from enduse.refusals import Invalid, Problem, Refused


class SampleForm(forms.Form):
    reference = forms.CharField(help_text="As on the order.")
    quantity = forms.IntegerField(min_value=1)
    issued_on = forms.DateField()
    outcome = forms.ChoiceField(choices=[("a", "Favourable"), ("b", "Unfavourable"), ("c", "Inconclusive")], widget=forms.RadioSelect)
    unit = forms.ChoiceField(choices=[("1", "7th zone"), ("2", "23rd battalion")])
    consents = forms.BooleanField(label="The end user consents to checks", required=False)
    manifest = forms.FileField(help_text="CSV, one firearm a row.", required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)


class SampleFilters(forms.Form):
    q = forms.CharField(label="Reference or party", required=False)
    state = forms.ChoiceField(choices=[("", "Any"), ("active", "Active")], required=False)
    since = forms.DateField(required=False)


def samples() -> dict[str, Any]:
    refused = SampleForm({"reference": "A-1"})
    refused.refusal = Refused("The licence permits 40 more of line 1; this consignment has 60.", "Take 20 off the manifest.", rule=1)  # type: ignore[attr-defined]
    bad_file = Invalid(
        [
            Problem("The serial stands twice.", "Remove one of rows 4 and 17.", row=17, field="serial", found="W345872"),
            Problem("There is no such calibre.", "Write it as in the list of calibres.", row=21, field="calibre", found="5.57"),
        ],
        total=120,
    )
    months = [date(2006 + n // 12, n % 12 + 1, 1) for n in range(0, 72, 3)]
    fan = [{"x": month, "y": 40 * n + n * n * 6, "low": 30 * n + n * n * 4, "high": 52 * n + n * n * 8} for n, month in enumerate(months)]
    other = [{"x": month, "y": 30 * n + n * n * 3, "low": 20 * n + n * n * 2, "high": 42 * n + n * n * 4} for n, month in enumerate(months)]
    kept = [
        {"label": "Moratorium by order, 2010", "value": 1800, "low": 900, "high": 2700},
        {"label": "Statute, 2011", "value": 1500, "low": 700, "high": 2200},
        {"label": "Serial stocktakes twice a year", "value": 2100, "low": 1300, "high": 3100, "note": "4% of lawful stock forgone"},
    ]
    bars = [
        {"label": "State stock", "value": 0.61, "of": 412},
        {"label": "Straw purchase", "value": 0.28, "of": 412},
        {"label": "Undetermined", "value": 0.11, "of": 412, "tone": "quiet"},
    ]
    said = datetime(2009, 5, 16, 9, 30, tzinfo=UTC)
    events = [
        {"words": "made", "on": date(2006, 3, 2), "who": "Northern Rifle Works", "recorded_at": said, "leaf": 12},
        {"words": "shipped", "on": date(2006, 4, 18), "who": "Northern Rifle Works", "recorded_at": said, "leaf": 140},
        {"words": "received", "on": date(2006, 5, 9), "who": "Secretariat of Defence", "recorded_at": said, "leaf": 171},
        {"words": "issued to 7th zone", "on": date(2006, 5, 30), "who": "Secretariat of Defence", "recorded_at": said, "leaf": 180},
        {
            "words": "deserted with",
            "on": date(2008, 3, 1),
            "until": date(2008, 3, 31),
            "who": "7th zone",
            "recorded_at": said,
            "leaf": 901,
            "tone": "bad",
        },
        {
            "words": "recovered",
            "on": date(2009, 5, 14),
            "place": "Tepalcatepec",
            "who": "Federal prosecutor",
            "recorded_at": said,
            "leaf": 1204,
            "tone": "note",
        },
    ]
    rows = [
        {"reference": f"L-2006-{n:04d}", "party": "Secretariat of Defence", "quantity": 1200 * n, "on": months[n], "state": state}
        for n, state in enumerate(["active", "suspended", "revoked", "exhausted", "expired", "on_hold", "in_transit"], 1)
    ]
    steps = [
        {"text": "Resolve possible list hits", "count": 1, "url": "#", "why": "Gulf Freight Line, list of 2 January"},
        {"text": "Answer alerts", "count": 12, "url": "#", "tone": "bad"},
        {"text": "Countersign", "count": 3, "url": "#"},
    ]
    timeline = [
        {"words": "Submitted", "at": said, "who": "A. Ruiz", "leaf": 311},
        {"words": "Put on hold", "note": "A gun sold to this end user was recovered.", "at": said, "who": "the system", "leaf": 812, "tone": "warn"},
        {"words": "Denied", "at": said, "who": "B. Castro", "leaf": 920, "tone": "bad"},
    ]
    return {
        "form": SampleForm(),
        "wrong_form": SampleForm({"reference": "", "quantity": "0"}),
        "refused": refused,
        "invalid": bad_file,
        "filter_form": SampleFilters(),
        "page": Paginator(rows * 20, 7).get_page(2),
        "export": True,
        "steps": steps,
        "timeline": timeline,
        "events": events,
        "fan": fan,
        "kept": kept,
        "bars": bars,
        "series": [{"label": "Do nothing", "points": fan}, {"label": "Stocktakes", "points": other}],
        "spark": [3, 5, 2, 8, 9, 12, 7, 15],
        "facts": [
            ("Applicant", "Secretariat of Defence"),
            ("Country", "Mexico"),
            ("Purpose", "Replacement of service rifles"),
            ("Certificate", "EUC 114/2006"),
        ],
        "tabs": [
            {"label": "Lines", "url": "#", "current": True, "count": 3},
            {"label": "Documents", "url": "#"},
            {"label": "Questions", "url": "#", "count": 1},
        ],
        "states": ["active", "approved", "on_hold", "denied", "in_transit", "draft", "unfavourable"],
        "approx": (date(2008, 3, 3), date(2008, 4, 9)),
        "source": "Register of this installation, 31 Dec 2011",
    }


def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery.html", samples())


urlpatterns = [path("gallery/", gallery), path("", include("enduse.urls"))]
