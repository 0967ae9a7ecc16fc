"""The one Django app of the portal; its subjects are packages inside it."""

from importlib import import_module

from django.apps import AppConfig

STEPS = ("files", "transfers", "national", "education", "notices")


class PortalConfig(AppConfig):
    """The portal: label `portal`, models gathered in `portal/models.py`."""

    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the engine the work that diagrams ask for, and follow its progress."""
        for step in STEPS:
            import_module(f"portal.steps.{step}")
        import_module("portal.applications.progress")
        import_module("portal.installation")
