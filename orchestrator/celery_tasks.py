"""Celery's entry points: they read the clock and call jobs."""

from celery import shared_task

from . import clock, jobs


@shared_task(ignore_result=True)
def run_job(job: int) -> None:
    """Run one job if it is due and nobody holds it."""
    jobs.run_one(job, now=clock.now())


@shared_task(ignore_result=True, expires=10)
def sweep() -> None:
    """Run every due job that nobody holds."""
    jobs.run_due(now=clock.now())
