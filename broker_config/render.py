"""Writes a folder from which Mosquitto runs: its configuration, its access list and room for its data.

Certificates are made elsewhere (`python -m central ca`). The broker runs as the user who renders, so the
same command serves a developer, a test and, run by the user `mosquitto`, the real server.
"""

import getpass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from broker_config.messages import LARGEST_PAYLOAD_BYTES

HERE = Path(__file__).parent


class RenderError(Exception):
    """What is missing or cannot be written, and what to do about it."""


def render(
    folder: Path, port: int, certificates: Path, host: str = "127.0.0.1", server: str = "broker"
) -> Path:
    """Write `folder`/mosquitto.conf and return its path.

    `certificates` holds ca.crt, ca.crl and, of the broker itself, `server`.crt and `server`.key.
    """
    folder, certificates = folder.resolve(), certificates.resolve()
    issue = f"ca issue --folder {certificates} {server} --server --host {host}"
    made_by = {
        "ca.crt": issue,
        f"{server}.crt": issue,
        f"{server}.key": issue,
        "ca.crl": f"ca revoke --folder {certificates}",
    }
    for name, command in made_by.items():
        if not (certificates / name).is_file():
            raise RenderError(f"{certificates / name} is missing: make it with 'python -m central {command}'")
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "acl.conf").write_text((HERE / "acl.conf").read_text(encoding="utf-8"), encoding="utf-8")
        target = folder / "mosquitto.conf"
        text = _text(folder=folder, port=port, host=host, certificates=certificates, server=server)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RenderError(f"{folder}: cannot write the broker's configuration: {error.strerror}") from error
    return target


def _text(**values: object) -> str:
    template = (HERE / "mosquitto.conf.j2").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    return environment.from_string(template).render(
        user=getpass.getuser(), largest_payload_bytes=LARGEST_PAYLOAD_BYTES, **values
    )
