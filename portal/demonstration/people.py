"""Synthetic people and what they would fill in."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from django.contrib.auth import get_user_model
from PIL import Image, ImageDraw, ImageFont

from orchestrator import api as engine
from portal.accountants import identity, services
from portal.accountants.models import Accountant, IdType
from portal.accountants.services import Registration
from portal.applications.models import Process
from portal.materials.services import accept

PLACES = {
    "110000": "110000/110105",
    "440000": "440000/440100/440104",
    "500000": "500000/500103",
    "520000": "520000/520100/520103",
}
REVIEWERS = {
    "110000/110105": "bj-chaoyang-1",
    "110000/110108": "bj-haidian-1",
    "440000/440100/440104": "gd-yuexiu-1",
    "440000/440100/440106": "gd-tianhe-1",
    "500000/500103": "cq-yuzhong-1",
    "520000/520100/520103": "gz-yunyan-1",
}
PIXELS = {"portrait": (114, 156)}
MATERIALS = {
    "110000": ("portrait", "id_front", "id_back", "qualification_certificate", "work_proof"),
    "440000": ("portrait", "id_front", "id_back"),
    "500000": (
        "portrait",
        "id_front",
        "id_back",
        "qualification_certificate",
        "work_proof",
        "education_proof",
        "degree_proof",
    ),
    "520000": ("portrait", "id_front", "id_back"),
}
OTHER_MATERIALS = {
    Process.TRANSFER_OUT: "transfer_proof",
    Process.TRANSFER_IN: "transfer_proof",
    Process.CREDIT_CLAIM: "credit_proof",
}


def reviewer_of(path: str) -> Any:
    """The seeded reviewer of a division."""
    return get_user_model().objects.get(username=REVIEWERS[path])


def newcomer(province: str, now: datetime) -> Accountant:
    """A person nobody has seen before, registered in a province; the number belongs to no real person."""
    count = Accountant.objects.count()
    stem = f"{province}{date(1970, 1, 1) + timedelta(days=count % 9000):%Y%m%d}{900 - count // 9000:03d}"
    given = Registration(
        name=f"演示{'甲乙丙丁戊己庚辛壬癸'[count % 10]}{'子丑寅卯辰巳午未申酉戌亥'[count % 12]}",
        id_type=IdType.RESIDENT_ID,
        id_number=stem + identity.check_character(stem),
        phone=f"191{count:08d}",
        province=province,
    )
    return services.register(given, password=None, now=now)


def collected(province: str, now: datetime) -> Accountant:
    """A person whose file was collected before."""
    person = newcomer(province, now)
    return services.mark_collected(accountant_id=person.pk, division=PLACES[province], now=now)


def collection_form(person: Accountant, path: str, now: datetime, **changes: Any) -> dict[str, Any]:
    """A complete collection form of somebody in accounting, with its pictures."""
    level = {"type": "accounting", "level": "intermediate", "way": "exam"}
    if path[:6] in ("520000", "500000"):
        level |= {"obtained_on": "2015-10-20", "number": "2015000000"}
    return {
        "ethnic_group": "01",
        "political_status": "masses",
        "education_level": "bachelor",
        "degree": "bachelor",
        "graduated_on": "2008-07-01",
        "major": "会计学",
        "school": "演示大学",
        "employment": "accounting",
        "receiving_choice": "employer",
        "division": path,
        "unit_kind": "enterprise",
        "accounting_post": "reports",
        "administrative_post": "staff",
        "accounting_since": "2009-01-01",
        "accounting_years": 17,
        "technical_post": "accountant",
        "appointment_date": "2016-01-01",
        "employer_name": "演示有限公司",
        "employer_code": "91110000600037341L",
        "employer_industry": "C",
        "employer_economy": "private",
        "employer_address": "演示路1号",
        "employer_phone": "010-12345678",
        "qualified": True,
        "qualifications": [level],
        "commitment": True,
        "materials": pictures(person, MATERIALS[path[:6]], now),
        **changes,
    }


def transfer_out_form(person: Accountant, destination: str, now: datetime) -> dict[str, Any]:
    """A transfer to another province, to the place where the demonstration's reviewers work."""
    return {
        "destination": destination,
        "destination_division": PLACES[destination],
        "reason": "workplace",
        "commitment": True,
        "materials": pictures(person, ("transfer_proof",), now),
    }


def transfer_in_form(person: Accountant, province: str, now: datetime) -> dict[str, Any]:
    """The other half: applying in where the transfer out goes."""
    return {
        "source": person.province_id,
        "division": PLACES[province],
        "commitment": True,
        "materials": pictures(person, ("transfer_proof",), now),
    }


def claim_form(person: Accountant, year: int, now: datetime, **changes: Any) -> dict[str, Any]:
    """A conference of three days: 30 credits (C.2 item 2)."""
    return {
        "credit_year": year,
        "achievement": "conference",
        "title": "会计学术会议",
        "achieved_on": f"{year}-06-20",
        "days": 3,
        "commitment": True,
        "materials": pictures(person, ("credit_proof",), now),
        **changes,
    }


def pictures(person: Accountant, kinds: tuple[str, ...], now: datetime) -> list[int]:
    """One accepted picture for each kind, each saying that it is a sample."""
    return [accept(owner_id=person.pk, kind=kind, content=sample(kind, person.pk), now=now).pk for kind in kinds]


def sample(kind: str, seed: int) -> bytes:
    """A small JPEG that says SAMPLE and its kind."""
    size = PIXELS.get(kind, (856, 540))
    picture = Image.new("RGB", size, (250, 250, 250))
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((4, 4, size[0] - 5, size[1] - 5), outline=(60, 90, 140), width=2)
    font = ImageFont.load_default(size[0] // 10)
    words = f"SAMPLE\n{kind.replace('_', ' ')}\n{seed}"
    drawing.multiline_text((size[0] // 2, size[1] // 2), words, (60, 90, 140), font, anchor="mm", align="center")
    content = BytesIO()
    picture.save(content, "JPEG", quality=80)
    return content.getvalue()


def working_noon(day: date) -> datetime:
    """Ten in the morning of a day, in the calendar's zone."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=engine.calendar().zone)
