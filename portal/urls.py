"""Which address is answered by which view."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("api/", include("portal.api.urls"))]

if find_spec("portal.web") and find_spec("portal.web.urls"):
    urlpatterns.append(path("", include("portal.web.urls")))
