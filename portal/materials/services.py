"""Accepting files: by content, pixels and bytes."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from portal import errors
from portal.errors import Refused
from portal.materials.models import Material

errors.declare(
    errors.INVALID,
    material_no_picture=_("The file is not a JPEG or PNG picture. Save it as .jpg and choose it again."),
    material_too_large=_("The file has %(size)s bytes; at most %(limit)s are accepted. Reduce it and try again."),
    material_pixels=_("The picture has %(width)s × %(height)s pixels; at most %(limit)s are accepted."),
    material_unknown=_("One of the files is no longer there. Choose it again."),
)

LARGEST = 2 * 1024 * 1024
MOST_PIXELS = 40_000_000


def accept(*, owner_id: int, kind: str, content: bytes, now: datetime) -> Material:
    """The picture is kept as given; the same content again, before it is submitted, is the same row.

    Raises: material_no_picture, material_too_large, material_pixels. Source: GD-42, BJ-05, BJ-06.
    """
    if len(content) > LARGEST:
        raise Refused("material_too_large", size=len(content), limit=LARGEST)
    form, width, height = _picture(content)
    digest = hashlib.sha256(content).hexdigest()
    known = Material.objects.filter(owner_id=owner_id, kind=kind, sha256=digest, case="").first()
    if known is not None:
        return known
    material = Material(owner_id=owner_id, kind=kind, format=form, width=width, height=height)
    material.size, material.sha256, material.uploaded_at = len(content), digest, now
    material.file.save(f"{digest}.{form}", ContentFile(content), save=False)
    material.save()
    return material


def attach(*, owner_id: int, case: str, material_ids: Iterable[int]) -> None:
    """The person's files belong to the case; one of an earlier case is copied, for that case keeps its own.

    Raises: material_unknown.
    """
    wanted = set(material_ids)
    found = list(Material.objects.filter(owner_id=owner_id, pk__in=wanted))
    if len(found) != len(wanted):
        raise Refused("material_unknown")
    for material in found:
        if material.case not in ("", case):
            material.pk = None
        material.case = case
        material.save()


def _picture(content: bytes) -> tuple[str, int, int]:
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise Refused("material_pixels", width=width, height=height, limit=MOST_PIXELS)
            picture.load()
            return str(picture.format).lower(), width, height
    except Image.DecompressionBombError as bomb:
        raise Refused("material_pixels", width="?", height="?", limit=MOST_PIXELS) from bomb
    except (UnidentifiedImageError, OSError) as fault:
        raise Refused("material_no_picture") from fault
