"""Enrolment over REST: who may do what, and what a fresh kiosk is told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from broker_config.enrolment import EnrolReply, new_claim, parse_claim
from broker_config.topics import Identity
from central.accounts.tokens import Scope
from central.dispatch import dispatched
from central.enrolment import authority
from central.enrolment.claims import TRIES_PER_ADDRESS
from central.enrolment.cutting import BrokerHere
from central.enrolment.register import BrokerForKiosks, Registrar
from central.web.app import make_api
from kiosk import device_key
from tests.central.accounts.people import by
from tests.central.web.inside import House, Person, house

NAME = "mz-taiping-03.kiosk-1"
TOML = f'[place]\nidentity = "{NAME}"\nname = "x"\n[ils]\npassword = "geheim"\n'


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """With an authority; no broker runs, so that telling it is left to people."""
    authority.init_ca(tmp_path / "ca")
    with house(tmp_path) as made:
        shell = made.shell
        registrar = Registrar(
            shell.office,
            shell.board.store,
            tmp_path / "ca",
            tmp_path / "enrolment.key",
            here=BrokerHere("127.0.0.1", 1, tmp_path / "ca" / "ca.crt"),
            outside=BrokerForKiosks("broker.example.org", 8883),
        )
        registrar.configurations.keep(by(), Identity.parse(NAME), TOML)
        work = dispatched(shell.office, shell.board.store, shell.board.places, registrar)
        shell = replace(shell, dispatch=work)
        yield House(shell, make_api(shell, ["127.0.0.1"]), made.clock)


def csr(folder: Path) -> str:
    return device_key.request(device_key.kept_key(folder / "board.key"), "new kiosk")


def send(person: Person, code: str, request: str):
    return person.post("/api/v1/enrolment", json={"claim": code, "csr": request})


def test_from_claim_to_certificate(here: House, tmp_path: Path) -> None:
    boss, board = here.person("boss"), here.nobody()
    made = boss.post("/api/v1/claims", json={"identity": NAME, "hours": 24})
    assert made.status_code == 201
    code = made.json()["code"]
    ca = board.get("/api/v1/enrolment/ca")
    trusted = device_key.parsed(ca.content)
    assert device_key.fingerprint_of(trusted) == parse_claim(code).fingerprint

    answer = send(board, code, csr(tmp_path))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    reply = msgspec.json.decode(answer.content, type=EnrolReply)
    assert (reply.identity, reply.broker_host, reply.broker_port) == (NAME, "broker.example.org", 8883)
    assert reply.configuration == TOML and "geheim" not in repr(reply)
    device_key.checked(reply.certificate, device_key.kept_key(tmp_path / "board.key"), trusted, NAME)
    (claim,) = boss.get("/api/v1/claims").json()
    assert claim["identity"] == NAME and claim["used_at"] and code[:4] not in str(claim)

    second = boss.post("/api/v1/claims", json={"identity": NAME}).json()["code"]
    (tmp_path / "next").mkdir()
    assert send(board, second, csr(tmp_path / "next")).status_code == 200
    (replaced,) = boss.get("/api/v1/replacements").json()
    assert (replaced["identity"], replaced["revoked"]) == (NAME, 1)
    left = boss.post(f"/api/v1/kiosks/{NAME}/revocation", json={}).json()["left_to_do"]
    assert "systemctl reload mosquitto" in left


def test_what_is_wrong_is_one_sentence_in_the_language_asked_for(here: House, tmp_path: Path) -> None:
    board, boss = here.nobody(), here.person("boss")
    good = csr(tmp_path)
    english = {"accept-language": "en"}
    assert "注册码无效" in send(board, new_claim(), good).json()["detail"]
    asked = {"claim": new_claim(), "csr": good}
    assert (
        board.post("/api/v1/enrolment", json=asked, headers=english).json()["detail"].startswith("The claim")
    )
    assert send(board, "12345678", good).status_code == 422
    assert board.post("/api/v1/enrolment", content=b"\xff{").status_code == 422
    assert board.post("/api/v1/enrolment", json={"claim": "x" * 8, "csr": good, "x": 1}).status_code == 422
    code = boss.post("/api/v1/claims", json={"identity": NAME}).json()["code"]
    bad = send(board, code, "-----BEGIN CERTIFICATE REQUEST-----\n" + "A" * 60)
    assert bad.status_code == 409 and "Traceback" not in bad.text
    unknown = boss.post("/api/v1/claims", json={"identity": "mz-taiping-04.kiosk-9"})
    assert unknown.status_code == 409 and "keep one first" in unknown.json()["detail"]
    assert boss.post("/api/v1/claims", json={"identity": "Kiosk 1"}).status_code == 422
    assert send(board, code, good).status_code == 200, "a mistake costs no code"


def test_guessing_is_told_to_wait(here: House, tmp_path: Path) -> None:
    board = here.nobody("198.51.100.9")
    answers = [send(board, new_claim(), csr(tmp_path)).status_code for _ in range(TRIES_PER_ADDRESS + 1)]
    assert answers == [403] * TRIES_PER_ADDRESS + [429]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/claims"),
        ("GET", "/api/v1/claims"),
        ("DELETE", "/api/v1/claims/1"),
        ("GET", "/api/v1/replacements"),
        ("POST", f"/api/v1/kiosks/{NAME}/revocation"),
    ],
)
def test_only_the_main_library_lets_kiosks_in_and_out(here: House, method: str, path: str) -> None:
    headers = {"origin": "http://127.0.0.1:8080"}
    for person, status in (
        (here.nobody(), 401),
        (here.person("reader"), 403),
        (here.person("taiping"), 403),
        (here.program(Scope.READ), 403),
    ):
        assert person.ask(method, path, headers=headers, json={"identity": NAME}).status_code == status
    assert here.person("boss").ask(method, path, headers=headers, json={"identity": NAME}).status_code < 405


def test_a_withdrawn_claim_is_gone(here: House) -> None:
    boss = here.person("boss")
    boss.post("/api/v1/claims", json={"identity": NAME})
    (claim,) = boss.get("/api/v1/claims").json()
    headers = {"origin": "http://127.0.0.1:8080"}
    assert boss.ask("DELETE", f"/api/v1/claims/{claim['id']}", headers=headers).status_code == 204
    assert boss.ask("DELETE", f"/api/v1/claims/{claim['id']}", headers=headers).status_code == 404


def test_a_centre_without_the_authority_says_so(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        answer = made.nobody().get("/api/v1/enrolment/ca")
    assert answer.status_code == 404 and re.search(r"\[enrolment\]", answer.json()["detail"])
