"""Celery's entry points of the portal."""

import logging

from celery import shared_task

from orchestrator import api as engine
from portal.national_platform.client import from_settings
from portal.national_platform.errors import PlatformUnavailable
from portal.transfers.feed import read_feed

log = logging.getLogger(__name__)


@shared_task(ignore_result=True, expires=10)
def poll_national() -> None:
    """Read the national platform's news; when it is away, the next beat tries again."""
    try:
        read_feed(from_settings(), engine.now())
    except PlatformUnavailable as away:
        log.warning("the national platform is out of reach: %s", away.code)
