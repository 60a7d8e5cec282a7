"""Pages of documents: the list, attaching, and the download."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.documents import actions, queries
from enduse.documents.forms import AttachForm, DocumentsFilter
from enduse.pages import attempt, page_of, say, visible_or_404


@sees_noun("document")
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    rows = queries.documents(request.user, subject=request.GET.get("subject", ""))
    return render(request, "documents/documents.html", {"page": page_of(request, rows), "filter_form": DocumentsFilter(request.GET or None)})


@needs("documents.attach")
@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest) -> HttpResponse:
    subject = request.GET.get("subject", "")
    form = AttachForm(request.POST or None, request.FILES or None, initial={"subject": subject},
                      documents=queries.documents(request.user, subject=subject).filter(redacts=None))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt(request, form, lambda: actions.attach(
            given["file"], name=given["file"].name, subject=given["subject"], sort=given["sort"], redacts=given["redacts"],
            by=request.user))
        if done is not None:
            say(request, _("%s was attached.") % done.name)
            return redirect(reverse("documents:list") + "?" + urlencode({"subject": done.subject}))
    return render(request, "documents/attach.html", {"form": form})


@sees_noun("document")
@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, never shown inside a page of ours. The download is recorded."""
    document = visible_or_404(queries.documents(request.user), pk=pk)
    note_read(request.user, "document", f"{document.subject} {document.pk}")
    response = FileResponse(actions.open_content(document), as_attachment=True, filename=document.name, content_type=document.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
