"""The provinces at work: reference data, seeded people, deployed workflows, the national platform in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from orchestrator import api as engine
from tests.simulator import forget_clients


@pytest.fixture
def now() -> datetime:
    """Friday before Spring Festival, ten in the morning in China."""
    return datetime(2026, 2, 13, 2, tzinfo=UTC)


@pytest.fixture
def at_work(db: None, settings: Any, now: datetime, tmp_path: Any) -> Iterator[None]:
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    settings.NATIONAL_PLATFORM_URL = "memory:"
    forget_clients()
    call_command("seed", stdout=StringIO())
    engine.deploy(engine.read_workflows(), by=None, now=now)
    yield
    forget_clients()
