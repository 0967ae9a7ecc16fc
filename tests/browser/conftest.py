"""A province at work behind a real browser: seeded people, deployed workflows, no national platform."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from orchestrator import api as engine
from portal.applications.models import Application
from portal.applications.services import submit
from portal.demonstration.people import collection_form
from portal.national_platform import client, sms_gateway

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
CHAOYANG = "110000/110105"
Opened = Callable[..., Page]


@pytest.fixture
def province(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    settings.NATIONAL_PLATFORM_URL = "memory:"
    client.from_settings.cache_clear()
    sms_gateway.from_settings.cache_clear()
    call_command("seed", verbosity=0)
    engine.deploy(engine.read_workflows(), by=None, now=engine.now())
    yield
    client.from_settings.cache_clear()
    sms_gateway.from_settings.cache_clear()


@pytest.fixture
def opened(province: None, live_server: Any, browser: Browser) -> Iterator[Opened]:
    """Opens a page for a seeded person; `javascript`, `viewport` and `language` as asked."""
    contexts: list[BrowserContext] = []

    def open_for(username: str, path: str = "/", **options: Any) -> Page:
        language = options.pop("language", None)
        options = {"locale": "zh-CN", "viewport": DESK, "timezone_id": "Asia/Shanghai", **options}
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        cookies = {"sessionid": session_of(username)} if username else {}
        cookies |= {"django_language": language} if language else {}
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_for
    for context in contexts:
        context.close()


def session_of(username: str) -> str:
    signed_in = Client()
    signed_in.force_login(user(username))
    return signed_in.cookies["sessionid"].value


def user(username: str) -> Any:
    return get_user_model().objects.get(username=username)


def collect(username: str = "bj-acct-1", path: str = CHAOYANG, *, days_ago: int = 0) -> Application:
    """The seeded person has submitted a complete collection form."""
    person, now = user(username).accountant, engine.now() - timedelta(days=days_ago)
    form = collection_form(person, path, now)
    key = f"{username}-{days_ago}"
    return submit(accountant_id=person.pk, process="collection", data=form, by=person.user, now=now, request_key=key)


def open_task(application: Application) -> int:
    return engine.waiting_of(application.number)[0].pk


def picture(name: str, width: int = 114, height: int = 156) -> dict[str, Any]:
    """A JPEG as a file input takes it."""
    content = BytesIO()
    Image.new("RGB", (width, height), "white").save(content, "JPEG")
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
