"""Every table of the portal, gathered for Django; each lives in the package of its subject."""

from portal.accountants.models import Accountant
from portal.applications.models import Application, Draft, Round, StateChange
from portal.clock.models import DemonstrationClock
from portal.education.models import CreditEntry
from portal.jurisdictions.models import Appointment, Division, Office, Province
from portal.materials.models import Material
from portal.notifications.models import Delivery
from portal.transfers.models import FeedCursor, Transfer

__all__ = [
    "Accountant",
    "Application",
    "Appointment",
    "CreditEntry",
    "Delivery",
    "DemonstrationClock",
    "Division",
    "Draft",
    "FeedCursor",
    "Material",
    "Office",
    "Province",
    "Round",
    "StateChange",
    "Transfer",
]
