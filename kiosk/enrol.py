"""`python -m kiosk enrol`: makes this board one of ours.

    python -m kiosk enrol --centre https://centre.example.org:8443 --code K7QM-2F9D-0XQ4-… --folder FOLDER
    python -m kiosk enrol --centre … --code K7QM-2F9D --ca ca.crt    the authority came with the board

The code is on the card that the centre made for this place. The board makes its key, which stays here, and
gets its certificate and the configuration of the kiosk whose place it takes. Nothing is said to a centre that
cannot prove that it is the one on the card. Everything is written first and comes into force by one renaming;
when anything goes wrong, the same command may be run again for an hour.
"""

import argparse
import http.client
import os
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from broker_config.enrolment import (
    LARGEST_REPLY_BYTES,
    BadClaim,
    EnrolReply,
    EnrolRequest,
    parse_claim,
)
from broker_config.toml import ConfigError
from broker_config.whole_files import write_whole
from kiosk import config as configuration
from kiosk import device_key
from kiosk.device_key import BadCertificate

PATIENCE_S = 30.0
CA_PATH = "/api/v1/enrolment/ca"
ENROL_PATH = "/api/v1/enrolment"
CONFIG = "kiosk.toml"
BROKER = """
[broker]
host = "{host}"
port = {port}
ca = "{folder}/ca.crt"
certificate = "{folder}/device.crt"
key = "{folder}/device.key"
"""


class EnrolFailed(Exception):
    """What did not work, and what to do; one sentence."""


class _Told(msgspec.Struct):
    """A refusal (RFC 9457)."""

    detail: str = ""


@dataclass(frozen=True)
class Centre:
    """`https://host:port`."""

    url: SplitResult

    @classmethod
    def at(cls, text: str) -> "Centre":
        try:
            url = urlsplit(text)
            _ = url.port
        except ValueError as error:
            raise EnrolFailed(f"--centre {text}: {error}") from error
        if url.scheme != "https" or not url.hostname or url.path not in ("", "/"):
            raise EnrolFailed(f"--centre {text}: 应为 expected https://HOST or https://HOST:PORT")
        return cls(url)

    def ask(self, context: ssl.SSLContext, method: str, path: str, body: bytes | None = None) -> bytes:
        """EnrolFailed with the centre's own sentence when it refuses."""
        url = self.url
        headers = {"origin": f"https://{url.netloc}", "content-type": "application/json"}
        connection = http.client.HTTPSConnection(
            str(url.hostname), url.port, timeout=PATIENCE_S, context=context
        )
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said = answer.read(LARGEST_REPLY_BYTES)
        except ssl.SSLCertVerificationError as error:
            raise EnrolFailed(
                f"{url.netloc}: 它的网页证书不是卡片上那个机构签发的，没有发送注册码；"
                f"its web certificate is not by the authority on the card, so the code was not sent "
                f"({error.verify_message})"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise EnrolFailed(f"{url.netloc}: 连不上中心 cannot be reached: {error}") from error
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise EnrolFailed(f"{url.netloc}: {_sentence(said) or f'HTTP {answer.status}'}")
        return said


def _sentence(said: bytes) -> str:
    try:
        return msgspec.json.decode(said, type=_Told).detail
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def enrol(centre: Centre, code: str, folder: Path, ca_file: Path | None = None) -> Path:
    """The kiosk's configuration, in force. EnrolFailed, BadClaim, BadCertificate, ConfigError, OSError."""
    claim = parse_claim(code)
    if ca_file is None and claim.fingerprint is None:
        raise EnrolFailed(
            "这个注册码没有指纹：请输入全部 24 位，或用 --ca；"
            "the code has no fingerprint: type all 24 characters, or give --ca"
        )
    ca = device_key.parsed(ca_file.read_bytes() if ca_file else centre.ask(_anybody(), "GET", CA_PATH))
    if claim.fingerprint is not None and device_key.fingerprint_of(ca) != claim.fingerprint:
        raise EnrolFailed(
            f"{centre.url.netloc}: 它不是卡片上的那个中心，没有发送注册码；"
            "this is not the centre on the card, so the code was not sent: compare address and code"
        )
    folder.mkdir(parents=True, exist_ok=True)
    key = device_key.kept_key(folder / "pending.key")
    asked = EnrolRequest(claim=claim.code, csr=device_key.request(key, "new kiosk"))
    reply = _reply(centre.ask(_only(ca), "POST", ENROL_PATH, msgspec.json.encode(asked)))
    certificate = device_key.checked(reply.certificate, key, ca, reply.identity)
    generation = folder / f"certificates-{certificate.serial_number:x}"
    generation.mkdir(exist_ok=True)
    write_whole(generation / "ca.crt", ca.public_bytes(serialization.Encoding.PEM))
    write_whole(generation / "device.crt", reply.certificate.encode())
    write_whole(generation / "device.key", device_key.private_pem(key), 0o600)
    _take_up(folder, generation.name, reply)
    device_key.forget(folder / "pending.key")
    _hand_over(folder, generation)
    return folder / CONFIG


def _take_up(folder: Path, generation: str, reply: EnrolReply) -> None:
    """The configuration is tried before it replaces the one there is, which stays beside it."""
    broker = BROKER.format(host=reply.broker_host, port=reply.broker_port, folder=generation)
    trial, final = folder / "kiosk.trial.toml", folder / CONFIG
    write_whole(trial, (reply.configuration.rstrip() + "\n" + broker).encode(), 0o600)
    configuration.load(trial)
    if final.exists():
        write_whole(folder / "kiosk.before.toml", final.read_bytes(), 0o600)
    trial.replace(final)


def _hand_over(folder: Path, generation: Path) -> None:
    """To whom the folder belongs, when root did this: the kiosk runs as its own user."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for path in (generation, *generation.iterdir(), *folder.glob("kiosk*.toml")):
            os.chown(path, owner.st_uid, owner.st_gid)


def _reply(said: bytes) -> EnrolReply:
    try:
        return msgspec.json.decode(said, type=EnrolReply)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnrolFailed(f"中心的答复无法读取 the centre's answer cannot be read: {error}") from error


def _anybody() -> ssl.SSLContext:
    """For what is no secret and is checked by its fingerprint."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _only(ca: x509.Certificate) -> ssl.SSLContext:
    """No other authority's word counts, whatever the system trusts."""
    return ssl.create_default_context(cadata=ca.public_bytes(serialization.Encoding.PEM).decode())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m kiosk enrol", description=__doc__)
    parser.add_argument("--centre", required=True, help="https://HOST:PORT of the centre")
    parser.add_argument("--code", required=True, help="as on the card")
    parser.add_argument("--folder", type=Path, default=Path(), help="where kiosk.toml goes (here)")
    parser.add_argument("--ca", type=Path, help="the authority's certificate, if it came with the board")
    chosen = parser.parse_args(arguments)
    try:
        path = enrol(Centre.at(chosen.centre), chosen.code, chosen.folder, chosen.ca)
    except (EnrolFailed, BadClaim, BadCertificate, ConfigError, OSError) as error:
        print(f"enrol: {error}", file=sys.stderr)
        return 2
    print(f"登记完成 enrolled: {path}; 启动 start: python -m kiosk --config {path}")
    return 0
