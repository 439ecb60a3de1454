"""The table [alerts]: what it means, its mistakes, and the test message."""

from pathlib import Path

import pytest

from broker_config.toml import ConfigError
from central.__main__ import main
from central.alerts.config import Email, check_places
from central.alerts.rules import Role
from central.config import Config, load
from central.places import load_places
from hardware_sim.processes import free_port
from tests.central.alerts.servers import PASSWORD, USER, MailServer, WebServer

HEAD = """
[broker]
host = "127.0.0.1"
port = 8883
ca = "ca.crt"
cert = "centre.crt"
key = "centre.key"
[store]
url = "sqlite:centre.db"
[places]
file = "places.toml"
"""
PLACES = """
[[town]]
id = "t"
name = "镇"
name_en = "Town"
[[place]]
id = "a"
name = "甲"
short = "甲"
name_en = "A"
short_en = "A"
level = "point"
town = "t"
"""
MAIL = '[[alerts.email]]\nname = "mail"\nhost = "smtp.example.cn"\nsender = "a@example.cn"\n'
GROUP = '[[alerts.wecom]]\nname = "group"\nurl = "https://robot.example.cn/send?key=SECRETKEY"\n'
DUTY = '[[alerts.recipient]]\nname = "值班"\nchannel = "mail"\nto = ["duty@example.cn"]\n'
TEAM = '[[alerts.recipient]]\nname = "群"\nchannel = "group"\n'


def written(folder: Path, alerts: str) -> Path:
    for name in ("ca.crt", "centre.crt", "centre.key"):
        (folder / name).touch()
    (folder / "places.toml").write_text(PLACES, encoding="utf-8")
    path = folder / "centre.toml"
    path.write_text(HEAD + alerts, encoding="utf-8")
    return path


def loaded(folder: Path, alerts: str) -> Config:
    path = written(folder, alerts)
    config = load(path)
    check_places(path, config.alerts, load_places(Path(config.places.file)))
    return config


def test_without_alerts_nobody_is_told(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").alerts.channels == ()


def test_all_of_it(tmp_path: Path) -> None:
    text = "[alerts]\nescalate_after_minutes = 45\n" + MAIL + 'ca = "mail.pem"\n' + GROUP + DUTY + TEAM
    alerts = loaded(
        tmp_path, text + 'towns = ["t"]\nplaces = ["a"]\nroles = ["librarian"]\nline = "second"\n'
    ).alerts
    assert [channel.name for channel in alerts.channels] == ["mail", "group"]
    assert alerts.email[0].ca == str(tmp_path / "mail.pem")
    assert alerts.recipient[1].roles == (Role.LIBRARIAN,)
    assert alerts.escalate_after_minutes == 45


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MAIL + MAIL, "alerts: 2 channels are called 'mail', expected one"),
        (DUTY, "recipient '值班': channel: 'mail': expected one of a channel; there is none in this file"),
        (GROUP + DUTY, "recipient '值班': channel: 'mail': expected one of group"),
        (MAIL + DUTY.replace('to = ["duty@example.cn"]\n', ""), "to: expected an address at least"),
        (GROUP + TEAM + 'to = ["x"]\n', "to: expected nothing, a group has its own members"),
        (GROUP.replace("https:", "http:"), "channel 'group': url: expected https://"),
        (GROUP.replace("https://robot.example.cn", "ftp://robot"), "channel 'group': url: expected https://"),
        (
            MAIL + 'encryption = "none"\n',
            "encryption: expected starttls or tls, none is for this",
        ),
        (MAIL + 'encryption = "ssl"\n', "invalid enum value 'ssl'"),
        (
            MAIL + "prot = 25\n",
            "alerts.email[0].prot: unknown key, expected one of: name, host",
        ),
        (GROUP + TEAM + 'towns = ["u"]\n', "recipient '群': towns: 'u' is not in the places file"),
        (GROUP + TEAM + 'places = ["b"]\n', "recipient '群': places: 'b' is not in the places file"),
        ("[alerts]\nescalate_after_minutes = 0\n", "alerts.escalate_after_minutes: expected `int` >= 1"),
    ],
)
def test_a_mistake_is_one_sentence_without_secrets(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert said in str(caught.value)
    assert "SECRETKEY" not in str(caught.value)
    assert main(["alerts", "test", "--config", str(tmp_path / "centre.toml")]) == 2
    assert said in capsys.readouterr().err


def test_no_encryption_is_for_this_machine(tmp_path: Path) -> None:
    local = MAIL.replace("smtp.example.cn", "127.0.0.1") + 'encryption = "none"\n'
    assert isinstance(loaded(tmp_path, local).alerts.email[0], Email)


# -- python -m central alerts test -------------------------------------------------------------------------


def test_the_test_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with MailServer(tmp_path) as post, WebServer() as web:
        mail = (
            f'[[alerts.email]]\nname = "mail"\nhost = "127.0.0.1"\nport = {post.port}\nsender = "{USER}"\n'
            f'user = "{USER}"\npassword = "{PASSWORD}"\nca = "{post.ca}"\n'
        )
        group = f'[[alerts.wecom]]\nname = "group"\nurl = "{web.url("/send?key=SECRETKEY")}"\n'
        dead = f'[[alerts.webhook]]\nname = "dead"\nurl = "http://127.0.0.1:{free_port()}/?SECRETKEY"\n'
        nobody = TEAM.replace("群", "无").replace("group", "dead")
        path = written(tmp_path, mail + group + dead + DUTY + TEAM + nobody)
        assert main(["alerts", "test", "--config", str(path)]) == 1
        assert capsys.readouterr().out.splitlines() == [
            "[ok]  值班 (mail)",
            "[ok]  群 (group)",
            "[bad] 无 (dead): cannot be reached: Connection refused",
        ]
        assert post.mails[0]["To"] == "duty@example.cn"
        assert len(web.posted) == 1


def test_a_test_message_to_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "test", "--config", str(written(tmp_path, ""))]) == 0
    assert "nobody is told of alerts" in capsys.readouterr().out
