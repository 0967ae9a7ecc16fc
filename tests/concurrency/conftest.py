"""Real rows committed, a real simulator in its own process, the clock of the test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from orchestrator import api as engine
from portal.clock import services as clock
from tests.simulator import SimulatorProcess, forget_clients


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 2, 13, 2, tzinfo=UTC)


@pytest.fixture
def at_work(transactional_db: None, settings: Any, now: datetime, tmp_path: Path) -> Iterator[SimulatorProcess]:
    simulator = SimulatorProcess(tmp_path / "national.sqlite3")
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    settings.NATIONAL_PLATFORM_URL = simulator.url
    forget_clients()
    call_command("seed", stdout=StringIO())
    engine.deploy(engine.read_workflows(), by=None, now=now)
    clock.stand_at(now)
    yield simulator
    forget_clients()
    simulator.kill()
