from django.urls import path

from enduse.diversion import views

app_name = "diversion"
urlpatterns = [
    path("", views.estimates, name="estimates"),
    path("new/", views.new, name="new"),
    path("<str:reference>/", views.estimate, name="estimate"),
]
