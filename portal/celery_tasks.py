"""Celery's entry points of the portal."""

import logging

from celery import shared_task

from orchestrator import api as engine
from portal.national_platform import client, sms_gateway
from portal.national_platform.errors import PlatformUnavailable
from portal.notifications.services import send_queued
from portal.transfers.feed import read_feed

log = logging.getLogger(__name__)


@shared_task(ignore_result=True, expires=10)
def poll_national() -> None:
    """Read the national platform's news; when it is away, the next beat tries again."""
    try:
        read_feed(client.from_settings(), engine.now())
    except PlatformUnavailable as away:
        log.warning("the national platform is out of reach: %s", away.code)


@shared_task(ignore_result=True, expires=10)
def send_notices() -> None:
    """Send the queued messages; when the provider is away, the next beat tries again."""
    try:
        send_queued(sms_gateway.from_settings(), engine.now())
    except PlatformUnavailable as away:
        log.warning("the SMS provider is out of reach: %s", away.code)
