from django.urls import path

from enduse.custody import views

app_name = "custody"
urlpatterns = [
    path("firearms/", views.firearms, name="firearms"),
    path("firearms/<int:pk>/", views.firearm, name="firearm"),
    path("register/", views.register, name="register"),
    path("events/<int:pk>/", views.event, name="event"),
    path("events/<int:pk>/correct/", views.correct, name="correct"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("move/", views.move, name="move"),
    path("losses/new/", views.report_loss, name="report_loss"),
    path("found/", views.record_found, name="record_found"),
    path("destroyed/", views.record_destroyed, name="record_destroyed"),
    path("stocktakes/", views.stocktakes, name="stocktakes"),
    path("stocktakes/new/", views.count, name="count"),
    path("stocktakes/<int:pk>/", views.stocktake, name="stocktake"),
]
