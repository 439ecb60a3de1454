"""The folder that is copied to a counter node's flash: programme, configuration, certificate.

Certificates come as PEM from `python -m central ca issue`; the node's TLS wants DER. Copying to the chip is
mpremote's: `mpremote cp -r FOLDER/. :`.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from devices.pulse_counter import passage

FIRMWARE = Path(__file__).with_name("firmware")
EXAMPLE = FIRMWARE / "config.example.json"
DER = serialization.Encoding.DER


class BundleError(Exception):
    """What is missing or damaged, and what to do."""


def bundle(folder: Path, certificates: Path, identity: str, host: str, port: int, **more: Any) -> None:
    """Make `folder` for the node that is called `identity`; whatever `more` does not say stays as in the
    example. BundleError names the file that is missing or no PEM."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (*FIRMWARE.glob("*.py"), Path(passage.__file__)):
        shutil.copy(file, folder)
    config = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    config |= {"identity": identity, "host": host, "port": port} | more
    text = json.dumps(config, indent=2, ensure_ascii=False) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    (folder / "ca.der").write_bytes(_certificate(certificates / "ca.crt"))
    (folder / "node.der").write_bytes(_certificate(certificates / f"{identity}.crt"))
    (folder / "node.key.der").write_bytes(_key(certificates / f"{identity}.key"))


def _certificate(file: Path) -> bytes:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes()).public_bytes(DER)
    except (OSError, ValueError) as error:
        raise _unusable(file) from error


def _key(file: Path) -> bytes:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise _unusable(file) from error
    plain = serialization.NoEncryption()
    return key.private_bytes(DER, serialization.PrivateFormat.TraditionalOpenSSL, plain)


def _unusable(file: Path) -> BundleError:
    return BundleError(
        f"{file}: 没有或不是 PEM 文件 / not there or no PEM file;"
        f" make it with 'python -m central ca {'init' if file.stem == 'ca' else f'issue {file.stem}'}'"
    )
