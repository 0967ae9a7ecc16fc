"""The people of the API's tests, by what they may do, and the cases they meet over."""

from dataclasses import dataclass
from datetime import UTC, datetime

from portal.demonstration.people import PLACES

NOW = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)
BEIJING = "110000"
CHAOYANG = PLACES[BEIJING]

REVIEWER, COLLEAGUE, ELSEWHERE = "bj-chaoyang-1", "bj-chaoyang-2", "bj-haidian-1"
SUPERVISOR, ANALYST, OPERATOR = "bj-supervisor", "analyst", "operator"
OWNER, STRANGER, BOTH = "owner", "stranger", "reviewer-applicant"
PASSWORD = "test-Review-2026"


@dataclass(frozen=True)
class World:
    """What the fixtures made; `number` and `task` are the owner's, `own_*` those of the reviewer who applied."""

    number: str
    task: int
    material: int
    own_number: str
    own_task: int
    own_material: int
    incident: int
