"""Who may do what: every route of the API against everybody who may knock at the door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, reverse
from rest_framework.test import APIClient

from portal.api.urls import urlpatterns
from portal.demonstration.people import sample
from tests.portal.api.cast import (
    ANALYST,
    BOTH,
    COLLEAGUE,
    ELSEWHERE,
    OPERATOR,
    OWNER,
    PASSWORD,
    REVIEWER,
    STRANGER,
    SUPERVISOR,
    World,
)

PEOPLE = ("", OWNER, STRANGER, REVIEWER, ELSEWHERE, BOTH, SUPERVISOR, ANALYST, OPERATOR)

# The one who applied and reviews (`own rev`) asks for the own case, everybody else for the owner's.
TABLE = """
route          method  anon  owner  other  review  elsewh  own rev  superv  analyst  operator
login          POST    200   200    200    200     200     200      200     200      200
logout         POST    401   204    204    204     204     204      204     204      204
me             GET     401   200    200    200     200     200      200     200      200
tasks          GET     401   403    403    200     200     200      200     403      403
bulk-complete  POST    401   403    403    200     200     200      200     403      403
task           GET     401   403    403    200     404     403      404     403      403
claim          POST    401   403    403    200     404     403      404     403      403
release        POST    401   403    403    200     404     403      200     403      403
complete       POST    401   403    403    200     404     403      404     403      403
return         POST    401   403    403    200     404     403      404     403      403
hand-over      POST    401   403    403    200     404     403      200     403      403
reroute        POST    401   403    403    200     404     403      200     403      403
task-draft     PUT     401   403    403    200     404     403      404     403      403
applications   GET     401   200    200    200     200     200      200     200      200
applications   POST    401   409    422    403     403     409      403     403      403
application    GET     401   200    404    200     404     200      200     404      404
timeline       GET     401   200    404    200     404     200      200     404      404
withdraw       POST    401   200    404    403     404     200      403     404      404
resubmit       POST    401   409    404    403     404     409      403     404      404
draft          GET     401   200    200    403     403     200      403     403      403
draft          PUT     401   200    200    403     403     200      403     403      403
form           GET     401   200    200    200     200     200      200     200      200
materials      POST    401   201    201    403     403     201      403     403      403
material       GET     401   200    404    200     404     200      200     404      404
processes      GET     401   403    403    403     403     403      403     200      403
lint           POST    401   403    403    403     403     403      403     200      403
deploy         POST    401   403    403    403     403     403      403     200      403
versions       GET     401   403    403    403     403     403      403     200      403
diagram        GET     401   200    200    200     200     200      200     200      200
incidents      GET     401   403    403    403     403     403      403     403      200
retry          POST    401   403    403    403     403     403      403     403      200
offices        GET     200   200    200    200     200     200      200     200      200
provinces      GET     200   200    200    200     200     200      200     200      200
divisions      GET     200   200    200    200     200     200      200     200      200
schema         GET     401   200    200    200     200     200      200     200      200
docs           GET     401   200    200    200     200     200      200     200      200
nowhere        GET     404   404    404    404     404     404      404     404      404
"""
LINES = [line.split() for line in TABLE.strip().splitlines()[1:]]
CELLS = [
    (route, method, person, int(status))
    for route, method, *statuses in LINES
    for person, status in zip(PEOPLE, statuses, strict=True)
]

BODIES: dict[str, dict[str, Any]] = {
    "login": {"username": OWNER, "password": PASSWORD},
    "complete": {"outcome": "approve"},
    "return": {"reasons": [{"code": "work_proof_seal", "item": "work_proof"}]},
    "hand-over": {"to": COLLEAGUE, "why": "On leave."},
    "reroute": {"scope": "110000/110108", "why": "The employer is there."},
    "task-draft": {"draft": {"note": "Half way."}},
    "applications": {"process": "collection", "data": {}},
    "resubmit": {"data": {}},
    "draft": {"data": {"school": "演示大学"}},
    "lint": {"files": {}},
    "deploy": {"files": {}},
}


def test_every_route_and_method_is_in_the_table() -> None:
    routed = {(route.name, method) for route in urlpatterns for method in _methods(route)}

    assert routed == {(route, method) for route, method, *_ in LINES}


@pytest.mark.parametrize(("route", "method", "person", "status"), CELLS)
def test_each_person_is_answered_as_the_table_says(
    route: str, method: str, person: str, status: int, world: World, sign_in: Callable[[str], APIClient]
) -> None:
    client = sign_in(person) if person else APIClient()
    address = reverse(f"api:{route}", kwargs=_names(route, world, own=person == BOTH))

    answer = _send(client, method, address, _body(route, world))

    assert answer.status_code == status, answer.content


def _names(route: str, world: World, *, own: bool) -> dict[str, Any]:
    number, task = (world.own_number, world.own_task) if own else (world.number, world.task)
    names = {
        "number": number,
        "task_id": task,
        "material_id": world.own_material if own else world.material,
        "job_id": world.incident,
        "process": "collection",
        "key": "collection",
    }
    wanted = _converters(route)
    return {name: value for name, value in names.items() if name in wanted} | (
        {"number": 1} if route == "diagram" else {}
    )


def _converters(route: str) -> set[str]:
    pattern = next(pattern for pattern in urlpatterns if pattern.name == route)
    return set(pattern.pattern.converters)


def _body(route: str, world: World) -> tuple[dict[str, Any], str]:
    if route == "materials":
        picture = SimpleUploadedFile("portrait.jpg", sample("portrait", 1), "image/jpeg")
        return {"kind": "portrait", "file": picture}, "multipart"
    if route == "bulk-complete":
        return {"ids": [world.task], "outcome": "approve"}, "json"
    return BODIES.get(route, {}), "json"


def _send(client: APIClient, method: str, address: str, body: tuple[dict[str, Any], str]) -> Any:
    if method == "GET":
        return client.get(address)
    data, form = body
    send = client.put if method == "PUT" else client.post
    return send(address, data, format=form, headers={"Idempotency-Key": "table"})


def _methods(route: URLPattern) -> set[str]:
    view = route.callback.view_class
    defined = {method.upper() for method in view.http_method_names if hasattr(view, method)}
    return defined - {"OPTIONS", "HEAD"} or {"GET"}
