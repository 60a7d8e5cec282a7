from django.urls import path

from enduse.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("", views.checks, name="checks"),
    path("plan/", views.plan, name="plan"),
    path("<str:reference>/", views.check, name="check"),
    path("<str:reference>/sample/", views.sample, name="sample"),
    path("<str:reference>/outcome/", views.outcome, name="outcome"),
]
