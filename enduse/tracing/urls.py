"""The pages of tracing."""

from django.urls import path

from enduse.tracing import views, views_calibration, views_operations

app_name = "tracing"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("recoveries/", views.recoveries, name="recoveries"),
    path("recoveries/new/", views.new, name="new"),
    path("recoveries/file/", views.file, name="file"),
    path("recoveries/<str:reference>/", views.recovery, name="recovery"),
    path("recoveries/<str:reference>/compare/", views.compare, name="compare"),
    path("recoveries/<str:reference>/confirm/<str:key>/", views.confirm, name="confirm"),
    path("recoveries/<str:reference>/agree/<int:proposal>/", views.agree, name="agree"),
    path("recoveries/<str:reference>/answer/", views.answer, name="answer"),
    path("figures/", views_operations.figures, name="figures"),
    path("calibration/", views_calibration.calibration, name="calibration"),
    path("calibration/learn/", views_calibration.learn, name="learn"),
    path("seizures/", views_operations.seizures, name="seizures"),
    path("seizures/new/", views_operations.new_seizures, name="new_seizures"),
    path("operations/", views_operations.operations, name="operations"),
    path("operations/new/", views_operations.new_operation, name="new_operation"),
    path("operations/<str:reference>/", views_operations.operation, name="operation"),
    path("operations/<str:reference>/watch/", views_operations.watch, name="watch"),
]
