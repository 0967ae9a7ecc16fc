from datetime import UTC, datetime
from typing import Any

import time_machine

from orchestrator.checks import calendar_years


def test_check_warns_sixty_days_before_a_year_without_a_calendar(settings: Any) -> None:
    with time_machine.travel(datetime(2026, 11, 21, tzinfo=UTC)):
        warnings = calendar_years(None)

    assert [(warning.id, "2027" in warning.msg) for warning in warnings] == [("orchestrator.W001", True)]


def test_check_is_content_while_the_calendar_reaches(settings: Any) -> None:
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)):
        warnings = calendar_years(None)

    assert warnings == []
