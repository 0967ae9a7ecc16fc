"""Pictures and diagrams, for those who may see their case."""

from django.http import HttpRequest, HttpResponse

from orchestrator import api as engine
from portal.applications.selectors import case_for
from portal.errors import Refused
from portal.materials.selectors import MaterialRow, material_by_id, open_material
from portal.web.viewers import Viewer, for_anyone

CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png"}
BPMN = "application/xml; charset=utf-8"


@for_anyone
def picture(request: HttpRequest, viewer: Viewer, material_id: int) -> HttpResponse:
    """A file's bytes. Raises: no_such_material, also for a file of a case one may not see."""
    row = material_by_id(material_id)
    if not _may_see(row, viewer):
        raise Refused("no_such_material", material=material_id)
    with open_material(row.id) as content:
        answer = HttpResponse(content.read(), content_type=CONTENT_TYPES[row.format])
    answer["Cache-Control"] = "private, max-age=3600"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@for_anyone
def diagram_of_case(request: HttpRequest, viewer: Viewer, number: str) -> HttpResponse:
    """The diagram a case runs on. Raises: no_such_case."""
    case = case_for(number, by=viewer.user, now=viewer.now)
    return diagram(case.version, case.row.process)


def diagram(version: int, process: str) -> HttpResponse:
    """The drawing of a version as BPMN 2.0 XML."""
    return HttpResponse(engine.files_of(version)[f"{process}.bpmn"], content_type=BPMN)


def _may_see(row: MaterialRow, viewer: Viewer) -> bool:
    if viewer.accountant is not None and viewer.accountant.id == row.owner_id:
        return True
    if not row.case:
        return False
    try:
        case_for(row.case, by=viewer.user, now=viewer.now)
    except Refused:
        return False
    return True
