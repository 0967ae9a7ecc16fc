"""The Celery application; its entry points are the two modules named in `include`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal", include=["orchestrator.celery_tasks", "portal.celery_tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
