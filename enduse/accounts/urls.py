from django.urls import path

from enduse.accounts import views

app_name = "accounts"
urlpatterns = [
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("users/", views.users, name="users"),
    path("users/<int:pk>/close/", views.close, name="close"),
    path("permissions/", views.permissions, name="permissions"),
]
