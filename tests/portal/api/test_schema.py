"""The description of the API, and the page that shows it without asking another host."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from portal.api.urls import urlpatterns

UNDESCRIBED = {"schema", "docs", "nowhere"}


@pytest.fixture
def schema() -> dict[str, Any]:
    """The description as generated."""
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_description_is_valid_and_made_without_a_warning(schema: dict[str, Any]) -> None:
    validate_schema(schema)

    assert not GENERATOR_STATS


def test_every_address_is_described(schema: dict[str, Any]) -> None:
    routes = [route for route in urlpatterns if route.name not in UNDESCRIBED]

    described = [path for path in schema["paths"] if path.startswith("/api/")]

    assert len(described) == len(routes)


def test_every_operation_tells_what_is_refused_in_one_shape(schema: dict[str, Any]) -> None:
    refused = [
        answer["content"]["application/json"]["schema"]["$ref"]
        for path in schema["paths"].values()
        for operation in path.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
    ]

    assert set(refused) == {"#/components/schemas/Refusal"}


def test_the_page_asks_no_other_host(owner: APIClient) -> None:
    page = owner.get("/api/docs/").content.decode()

    asked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(asked) == 5
    assert all(address.startswith("/") for address in asked)


def test_what_the_page_asks_is_on_this_server(owner: APIClient) -> None:
    page = owner.get("/api/docs/").content.decode()

    assets = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert len(assets) == 4
    assert all(finders.find(asset) for asset in assets)
    assert "<script>" not in page
