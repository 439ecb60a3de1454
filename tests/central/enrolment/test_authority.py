"""The certificate authority; OpenSSL judges what it issues."""

import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from central.__main__ import main
from central.enrolment.authority import EnrolError, init_ca, issue


def openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True).stdout


def test_openssl_believes_what_we_issue(tmp_path: Path) -> None:
    """Judged by another implementation, for the purpose each is made for and not for the other."""
    ca = str(init_ca(tmp_path))
    broker = str(issue(tmp_path, "broker", server=True, hosts=["127.0.0.1", "broker.library"]).certificate)
    kiosk = str(issue(tmp_path, "mz-taiping-03.kiosk-1").certificate)
    assert ": OK" in openssl(
        "verify", "-CAfile", ca, "-purpose", "sslserver", "-verify_hostname", "broker.library", broker
    )
    assert ": OK" in openssl(
        "verify", "-CAfile", ca, "-purpose", "sslserver", "-verify_ip", "127.0.0.1", broker
    )
    assert ": OK" in openssl("verify", "-CAfile", ca, "-purpose", "sslclient", "-x509_strict", kiosk)
    with pytest.raises(subprocess.CalledProcessError):
        openssl("verify", "-CAfile", ca, "-purpose", "sslserver", kiosk)
    assert "CN = mz-taiping-03.kiosk-1" in openssl("x509", "-in", kiosk, "-noout", "-subject")


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    init_ca(tmp_path)
    issued = issue(tmp_path, "centre")
    for key in (issued.key, tmp_path / "ca.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_board_that_wakes_in_1970_can_connect_and_expiry_still_comes(tmp_path: Path) -> None:
    init_ca(tmp_path)
    certificate = x509.load_pem_x509_certificate(issue(tmp_path, "centre").certificate.read_bytes())
    assert certificate.not_valid_before_utc.year == 1970
    assert 700 < (certificate.not_valid_after_utc - datetime.now(UTC)).days <= 730


def test_an_authority_is_never_replaced(tmp_path: Path) -> None:
    init_ca(tmp_path)
    with pytest.raises(EnrolError, match="exists"):
        init_ca(tmp_path)


@pytest.mark.parametrize(
    "name", ["", "kiosk", "MZ.kiosk-1", "a.b/c", "../x.y", "mz-main.kiosk-1\n", "+.kiosk-1"]
)
def test_names_that_are_no_identity(tmp_path: Path, name: str) -> None:
    init_ca(tmp_path)
    with pytest.raises(EnrolError, match="expected"):
        issue(tmp_path, name)
    assert not list(tmp_path.glob("*kiosk*"))


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "ca")
    assert main(["ca", "issue", "--folder", folder, "centre"]) == 2
    assert "make an authority first" in capsys.readouterr().err
    assert main(["ca", "init", "--folder", folder]) == 0
    assert main(["ca", "issue", "--folder", folder, "broker", "--server"]) == 2
    assert "--host" in capsys.readouterr().err
    assert main(["ca", "issue", "--folder", folder, "broker", "--server", "--host", "localhost"]) == 0
    assert capsys.readouterr().out.strip().endswith("broker.crt")
