"""Appoint a person to a role at a division: `manage.py appoint zhoumin district_reviewer 110000/110105`."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator import api as engine
from portal.errors import Refused
from portal.jurisdictions.models import Role
from portal.jurisdictions.services import appoint


class Command(BaseCommand):
    """The person exists afterwards; a new one cannot sign in before `manage.py changepassword`."""

    help = "Appoint a person to a role, from today or a given day on."

    def add_arguments(self, parser: CommandParser) -> None:
        """USERNAME ROLE [DIVISION] [--from DAY] [--name NAME]."""
        parser.add_argument("username")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("division", nargs="?", help="path such as 110000/110105; none for analyst and operator")
        parser.add_argument("--from", dest="day", type=date.fromisoformat, help="first day, as 2026-02-24")
        parser.add_argument("--name", default="", help="how colleagues know a new person")

    def handle(
        self, *args: Any, username: str, role: str, division: str | None, day: date | None, name: str, **options: Any
    ) -> None:
        """Appoint, creating the person if needed."""
        user, created = get_user_model().objects.get_or_create(username=username, defaults={"first_name": name})
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        today = engine.now().astimezone(engine.calendar().zone).date()
        try:
            appoint(user=user, role=role, division=division, valid_from=day or today)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{username} is {role} {division or ''}".rstrip())
