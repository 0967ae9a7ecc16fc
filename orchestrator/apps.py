"""The process engine as a reusable Django app."""

from importlib import import_module

from django.apps import AppConfig


class OrchestratorConfig(AppConfig):
    """Executes BPMN diagrams: people's tasks, timers, outside work, versions, history."""

    name = "orchestrator"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Process engine"

    def ready(self) -> None:
        """Let `manage.py check` know our warnings."""
        import_module("orchestrator.checks")
