"""Rings the bell after commit: the only line that sends to Celery. A lost ring costs one sweep's pause."""

import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)

# By name: the task runs jobs, jobs advance instances, and instances ring here.
RUN_JOB = "orchestrator.celery_tasks.run_job"


def wake_after_commit(jobs: Iterable[int]) -> None:
    """Ask a worker to run these jobs once the transaction has committed; failing to ring is harmless."""
    for job in jobs:
        transaction.on_commit(lambda job=job: _ring(job))  # type: ignore[misc]


def _ring(job: int) -> None:
    try:
        current_app.send_task(RUN_JOB, args=[job], retry=False, ignore_result=True)
    except Exception:
        log.warning("broker out of reach, job %s waits for the sweep", job)
