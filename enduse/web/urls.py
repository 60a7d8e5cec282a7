"""The pages of no floor: front, desk, search, the rules, the language."""

from django.conf.urls.i18n import urlpatterns as language_urls
from django.urls import URLPattern, URLResolver, include, path

from enduse.web import views

pages: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("life/", views.life, name="life"),
    path("desk/", views.desk, name="desk"),
    path("search/", views.search, name="search"),
    path("rules/", views.rules, name="rules"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((pages, "web"))),
    path("language/", include(language_urls)),
]
