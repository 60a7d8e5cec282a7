"""Addresses that refuse in each way, beside the product's own."""

from django.urls import include, path

from enduse.refusals import Invalid, NotPermitted, Problem, Refused


def beyond(request):
    raise Refused("The licence permits %(left)d more.", "Take %(over)d off the manifest.", rule=1, left=40, over=20)


def not_yours(request):
    raise NotPermitted("Your role does not see this.", "Ask an officer whose role does.", rule=10)


def bad_file(request):
    raise Invalid([Problem("The serial stands twice.", "Remove one of them.", row=17, field="serial", found="<b>W1")], total=3)


def broken(request):
    raise RuntimeError("a fault of ours")


pages = [path("beyond/", beyond), path("not-yours/", not_yours), path("bad-file/", bad_file), path("broken/", broken)]
urlpatterns = [*pages, path("api/", include(pages)), path("", include("enduse.urls"))]
