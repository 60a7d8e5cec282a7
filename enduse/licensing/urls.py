"""Addresses of licensing."""

from django.urls import path

from enduse.licensing import assess_views, case_urls, change_views, decision_views, letter_views, licence_views, views

app_name = "licensing"
urlpatterns = [
    *case_urls.urlpatterns,
    path("applications/new/", views.new, name="new"),
    path("applications/<str:reference>/", views.application, name="application"),
    path("applications/<str:reference>/edit/", views.edit, name="edit"),
    path("applications/<str:reference>/submit/", views.submit, name="submit"),
    path("applications/<str:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/<str:reference>/documents/", views.attach_document, name="attach"),
    path("applications/<str:reference>/screen/", views.screen, name="screen"),
    path("applications/<str:reference>/assess/", assess_views.assess, name="assess"),
    path("applications/<str:reference>/risk/", assess_views.risk, name="risk"),
    path("applications/<str:reference>/recommend/", views.recommend, name="recommend"),
    path("applications/<str:reference>/decide/", views.decide, name="decide"),
    path("applications/<str:reference>/send-back/", views.send_back, name="send_back"),
    path("applications/<str:reference>/hold/", views.hold, name="hold"),
    path("applications/<str:reference>/holds/<int:hold_id>/release/", views.release_hold, name="release_hold"),
    path("applications/<str:reference>/appeal/", decision_views.appeal, name="appeal"),
    path("applications/<str:reference>/notify/", decision_views.notify, name="notify"),
    path("applications/<str:reference>/object/", decision_views.object_to, name="object_to"),
    path("applications/<str:reference>/issue/", decision_views.issue, name="issue"),
    path("applications/<str:reference>/letter/", letter_views.decision_letter, name="letter"),
    path("applications/<str:reference>/notice-letter/", letter_views.notice_letter, name="notice_letter"),
    path("licences/<str:reference>/paper/", letter_views.licence_paper, name="paper"),
    path("rules/", decision_views.rules, name="rules"),
    path("licences/", licence_views.licences, name="licences"),
    path("licences/<str:reference>/", licence_views.licence, name="licence"),
    path("licences/<str:reference>/suspend/", licence_views.suspend, name="suspend"),
    path("licences/<str:reference>/reinstate/", licence_views.reinstate, name="reinstate"),
    path("licences/<str:reference>/revoke/", change_views.propose_revocation, name="revoke"),
    path("licences/<str:reference>/amend/", change_views.propose_amendment, name="amend"),
    path("licences/<str:reference>/buy/", change_views.buy, name="buy"),
    path("licences/<str:reference>/purchases/<int:purchase_id>/release/", change_views.release_purchase, name="release_purchase"),
    path("licences/<str:reference>/replace/", change_views.replace, name="replace"),
    path("licences/<str:reference>/changes/<int:proposal_id>/", change_views.answer_change, name="answer_change"),
    path("licences/<str:reference>/surrender/", licence_views.surrender, name="surrender"),
    path("verify/", licence_views.verify, name="verify"),
    path("measures/<str:reference>/touched/", licence_views.touched, name="touched"),
    path("lists/load/", licence_views.load, name="load_list"),
]
