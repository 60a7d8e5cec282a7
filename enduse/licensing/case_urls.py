"""Addresses of casework, within those of licensing."""

from django.urls import path

from enduse.licensing import case_views, routing_views

urlpatterns = [
    path("applications/", case_views.cases, name="applications"),
    path("applications/<str:reference>/ask/", case_views.ask, name="ask"),
    path("questions/<int:question_id>/answer/", case_views.answer_question, name="answer_question"),
    path("questions/<int:question_id>/withdraw/", case_views.withdraw_question, name="withdraw_question"),
    path("applications/<str:reference>/take/", case_views.take, name="take"),
    path("applications/<str:reference>/assign/", case_views.assign, name="assign"),
    path("applications/<str:reference>/release/", case_views.release, name="release"),
    path("applications/<str:reference>/move/", case_views.move, name="move"),
    path("applications/<str:reference>/flag/", case_views.flag, name="flag"),
    path("applications/<str:reference>/note/", case_views.note, name="note"),
    path("applications/<str:reference>/amend/", case_views.amend, name="amend"),
    path("applications/<str:reference>/copy/", case_views.copy, name="copy"),
    path("applications/<str:reference>/versions/", case_views.versions, name="versions"),
    path("applications/<str:reference>/ask-advice/", case_views.ask_advice, name="ask_advice"),
    path("advice/<int:advice_id>/give/", case_views.advise, name="advise"),
    path("advice/<int:advice_id>/close/", case_views.close_advice, name="close_advice"),
    path("routing/", routing_views.rules, name="routing"),
]
