"""Rings the bell after commit: the only line that sends to Celery. A lost ring costs one sweep's pause."""

import logging
from collections.abc import Iterable

from django.db import transaction

log = logging.getLogger(__name__)


def wake_after_commit(jobs: Iterable[int]) -> None:
    """Ask a worker to run these jobs once the transaction has committed; failing to ring is harmless."""
    for job in jobs:
        transaction.on_commit(lambda job=job: _ring(job))  # type: ignore[misc]


def _ring(job: int) -> None:
    from .celery_tasks import run_job

    try:
        run_job.apply_async(args=[job], retry=False)
    except Exception:
        log.warning("broker out of reach, job %s waits for the sweep", job)
