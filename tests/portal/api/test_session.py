"""Signing in and out, and who one is."""

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.test import APIClient

from tests.portal.api.cast import CHAOYANG, OWNER, PASSWORD, REVIEWER

GOOD = {"username": OWNER, "password": PASSWORD}
WRONG = {"username": OWNER, "password": "something else"}


def test_a_token_opens_what_its_owner_may_see() -> None:
    client = APIClient()
    token = client.post("/api/login/", GOOD, format="json").json()["token"]

    answer = client.get("/api/me/", headers={"Authorization": f"Token {token}"})

    assert answer.json()["username"] == OWNER


def test_a_wrong_password_is_refused_with_the_shape_of_every_refusal() -> None:
    answer = APIClient().post("/api/login/", WRONG, format="json", headers={"Accept-Language": "en"})

    expected = {"code": "credentials_wrong", "sentence": "User name or password is wrong.", "faults": []}
    assert (answer.status_code, answer.json()) == (401, expected)


def test_signing_out_ends_the_token() -> None:
    client = APIClient()
    token = client.post("/api/login/", GOOD, format="json").json()["token"]
    client.post("/api/logout/", headers={"Authorization": f"Token {token}"})

    answer = client.get("/api/me/", headers={"Authorization": f"Token {token}"})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_guessing_a_password_is_slowed_down_by_the_user_name() -> None:
    clients = [APIClient(REMOTE_ADDR=f"10.0.0.{number}") for number in range(11)]

    answers = [client.post("/api/login/", WRONG, format="json") for client in clients]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 61


def test_a_form_of_another_site_cannot_use_the_session() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(get_user_model().objects.get(username=OWNER))

    answer = browser.post("/api/logout/")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


def test_me_says_what_a_reviewer_reviews(reviewer: APIClient) -> None:
    me = reviewer.get("/api/me/").json()

    assert me["roles"] == ["district_reviewer"]
    assert me["scopes"] == [{"role": "district_reviewer", "path": CHAOYANG, "place": "北京市朝阳区"}]
    assert me["accountant"] is None


def test_me_shows_an_accountant_only_masked(owner: APIClient) -> None:
    accountant = get_user_model().objects.get(username=OWNER).accountant

    answer = owner.get("/api/me/")

    assert answer.json()["accountant"]["file_state"] == "none"
    assert accountant.id_number not in answer.content.decode()
    assert accountant.phone not in answer.content.decode()
    assert accountant.name not in answer.content.decode()


def test_the_language_of_a_refusal_is_the_one_the_caller_accepts(sign_in: Callable[..., APIClient]) -> None:
    english = sign_in(REVIEWER).get("/api/incidents/").json()["sentence"]

    default = APIClient().get("/api/me/")

    assert english == "Your role does not include this."
    assert default.headers["Content-Language"] == "zh-hans"
