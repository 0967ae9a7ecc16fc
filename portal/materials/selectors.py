"""Reading files; who may see one is decided by who may see its case."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.utils.translation import gettext_lazy as _

from portal import errors
from portal.errors import Refused
from portal.materials.models import Material

errors.declare(errors.NOT_FOUND, no_such_material=_("There is no such file."))


@dataclass(frozen=True)
class MaterialRow:
    """A file as a case page lists it. Units: bytes, pixels."""

    id: int
    owner_id: int
    case: str
    kind: str
    format: str
    size: int
    width: int
    height: int
    uploaded_at: datetime


def materials_of(case: str) -> list[MaterialRow]:
    """The files of a case, by kind and then newest first."""
    return [_row(found) for found in Material.objects.filter(case=case).order_by("kind", "-uploaded_at")]


def material_by_id(material_id: int) -> MaterialRow:
    """One file. Raises: no_such_material."""
    return _row(_find(material_id))


def open_material(material_id: int) -> IO[bytes]:
    """The bytes of a file, to be read by someone who may see its case. Raises: no_such_material."""
    return _find(material_id).file.open("rb")


def _find(material_id: int) -> Material:
    material = Material.objects.filter(pk=material_id).first()
    if material is None:
        raise Refused("no_such_material", material=material_id)
    return material


def _row(m: Material) -> MaterialRow:
    return MaterialRow(m.pk, m.owner_id, m.case, m.kind, m.format, m.size, m.width, m.height, m.uploaded_at)
