"""Addresses of advisories, within those of licensing."""

from django.urls import path

from enduse.licensing.advisories import views

urlpatterns = [
    path("advisories/", views.advisories, name="advisories"),
    path("advisories/new/", views.new, name="ask_advisory"),
    path("advisories/<str:reference>/", views.advisory, name="advisory"),
    path("advisories/<str:reference>/attach/", views.attach, name="attach_advisory"),
    path("advisories/<str:reference>/screen/", views.screen, name="screen_advisory"),
    path("advisories/<str:reference>/answer/", views.answer, name="answer_advisory"),
    path("advisories/<str:reference>/withdraw/", views.withdraw, name="withdraw_advisory"),
    path("advisories/<str:reference>/register/", views.register, name="register_advised"),
    path("advisories/<str:reference>/letter/", views.letter, name="advisory_letter"),
]
