"""What every test may ask for: a database, a broker, a browser; and that nothing leaves the machine."""

import os
import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from dj_database_url import parse
from django.conf import settings
from django.db import connections

from portal import local_servers
from portal.celery import app as celery_app
from portal.national_platform import DEMO_TOKEN

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
THIS_MACHINE = {"127.0.0.1", "localhost", "::1", "0.0.0.0", ""}


def pytest_configure() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's synchronous interface runs inside an event loop
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
    settings.NATIONAL_PLATFORM_URL = "memory:"
    settings.NATIONAL_PLATFORM_TOKEN = DEMO_TOKEN
    settings.DEMO = False
    celery_app.conf.broker_url = "memory://"


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL of this run: the operator's if both are given, else its own."""
    if local_servers.are_replaced(os.environ):
        yield {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
        return
    with local_servers.hold(local_servers.TEST, durable=False):
        yield local_servers.TEST.environment


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: dict[str, str], request: pytest.FixtureRequest) -> None:
    """pytest-django's own place to name the database; tests without one never start it."""
    connections.settings["default"].update(parse(servers["DATABASE_URL"]))
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session", autouse=True)
def network_is_off() -> Iterator[None]:
    """A connection to another machine fails the test that makes it."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in THIS_MACHINE:
            self.close()
            raise AssertionError(f"a test reached for {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium: Playwright downloads none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail("No Chromium found: install the package chromium, or name one in CHROMIUM=/path")
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Pages as a person in Guangdong sees them."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
