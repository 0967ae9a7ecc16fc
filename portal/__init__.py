"""The review system of accounting offices: its domain, its API and its pages."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
