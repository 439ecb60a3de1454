"""`[web]`: where the centre listens, and that passwords never cross a network in the clear."""

from pathlib import Path

import pytest

from broker_config.toml import ConfigError
from central.listening import Web, checked


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for name in ("web.crt", "web.key"):
        (tmp_path / name).touch()
    return tmp_path / "centre.toml"


TLS = {"cert": "web.crt", "key": "web.key"}


@pytest.mark.parametrize(
    ("web", "secure"),
    [
        (Web(), False),
        (Web(listen="::1"), False),
        (Web(listen="0.0.0.0", **TLS), True),
        (Web(listen="10.0.0.4", behind_proxy=True), True),
        (Web(listen="::", **TLS), True),
    ],
)
def test_what_may_listen(file: Path, web: Web, secure: bool) -> None:
    taken = checked(web, file)
    assert taken.secure is secure
    assert taken.cert in ("", str(file.parent / "web.crt"))


@pytest.mark.parametrize(
    ("web", "said"),
    [
        (Web(listen="0.0.0.0"), "0.0.0.0 is not loopback.* give web.cert and web.key, or say behind_proxy"),
        (Web(listen="192.168.1.5"), "is not loopback"),
        (Web(listen="::"), "is not loopback"),
        (Web(listen="localhost"), "'localhost' is no address, expected such as '0.0.0.0'"),
        (Web(cert="web.crt"), "web.cert and web.key belong together"),
        (Web(cert="web.crt", key="nowhere.key"), r"web\.key: .*nowhere\.key is not there"),
    ],
)
def test_what_may_not(file: Path, web: Web, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        checked(web, file)
    assert str(refused.value).startswith(f"{file}: web.")
