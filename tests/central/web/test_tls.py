"""The centre on TLS as a process: cookies that only it can set, one password shown once."""

import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.broker import Broker
from tests.centre import Centre


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    """Its authority signs our certificate too; it need not run."""
    return Broker(tmp_path)


def test_over_tls(tmp_path: Path, broker: Broker) -> None:
    folder = broker.certificates
    web = f'cert = "{folder / "broker.crt"}"\nkey = "{folder / "broker.key"}"'
    with broker, Centre(tmp_path, broker, web, first_sign_in=False) as centre:
        assert f"centre ready: https://127.0.0.1:{centre.port}" in centre.log.read_text(encoding="utf-8")
        assert centre.one_time is not None
        trust = ssl.create_default_context(cafile=folder / "ca.crt")
        with httpx.Client(base_url=f"https://127.0.0.1:{centre.port}", verify=trust) as client:
            answer = client.get("/login")
            assert answer.headers["set-cookie"].startswith("__Host-shuzhan-form=")
            assert "max-age" in answer.headers["strict-transport-security"]
            token = answer.text.partition('name="form_token" value="')[2].partition('"')[0]
            form = {"form_token": token, "name": "main", "password": centre.one_time}
            origin = {"origin": f"https://127.0.0.1:{centre.port}"}
            answer = client.post("/login", data=form, headers=origin)
            assert answer.headers["location"] == "/login/password"
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("__Host-shuzhan=")
            assert "Secure" in cookie and "SameSite=strict" in cookie
        with socket.create_connection(("127.0.0.1", centre.port), 20) as plain:
            plain.sendall(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"HTTP" not in plain.recv(100)
        centre.stop()
        centre.start()
        assert centre.one_time is None  # shown once, not at every start


def test_a_certificate_that_is_none_is_one_sentence(tmp_path: Path, broker: Broker) -> None:
    (tmp_path / "web.crt").write_text("no certificate")
    (tmp_path / "web.key").write_text("no key")
    centre = Centre(tmp_path, broker, 'cert = "web.crt"\nkey = "web.key"')
    done = subprocess.run(
        [sys.executable, "-m", "central", "--config", str(centre.config)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "expected a PEM certificate" in done.stderr
    assert "Traceback" not in done.stderr
