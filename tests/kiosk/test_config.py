"""The kiosk's configuration: what it becomes, and that every mistake is one sentence with file and key."""

import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from broker_config.toml import ConfigError
from devices.finding import ByIds, ByPath, ByUsbPath
from devices.port import LineSettings
from kiosk.config import load
from kiosk.sip2.dialect import ChecksumPolicy, Dialect, Encoding, LoginStyle, Terminator
from tests.kiosk.sip2.certificate import self_signed

GOOD = """
[place]
identity = "mz-taiping-03.kiosk-1"
name = "麻章区图书馆太平村服务点"
[ils]
host = "ils.example"
port = 6001
user = "kiosk"
password = "secret"
[broker]
host = "127.0.0.1"
port = 8883
ca = "ca.crt"
certificate = "kiosk.crt"
key = "kiosk.key"
[journal]
path = "journal.db"
[[device]]
model = "feig_obid"
port = "/dev/kiosk-pad"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ca.crt", "kiosk.crt", "kiosk.key"):
        (tmp_path / name).touch()
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def with_ils(folder: Path, lines: str) -> Path:
    return written(folder, GOOD.replace("[broker]", f"{lines}\n[broker]"))


def test_paths_start_from_the_files_folder(folder: Path) -> None:
    config = load(written(folder, GOOD))
    assert config.broker.key == str(folder / "kiosk.key")
    assert (config.journal.path, config.journal.key) == (
        str(folder / "journal.db"),
        str(folder / "journal.key"),
    )


def test_an_ils_as_most_are(folder: Path) -> None:
    server = load(written(folder, GOOD)).server
    assert (server.host, server.port, server.user, server.password) == (
        "ils.example",
        6001,
        "kiosk",
        "secret",
    )
    assert (server.dialect, server.tls, server.reply_timeout_s) == (Dialect(), None, 10.0)


def test_an_ils_with_everything_different(folder: Path) -> None:
    lines = """
institution = "MZ"
location = "mz-taiping-03"
terminal_password = "端口"
login = "telnet"
encoding = "gb18030"
terminator = "CRLF"
checksum = "strict"
version = "1.00"
language = "019"
reply_timeout_s = 3
tls = true
"""
    server = load(with_ils(folder, lines)).server
    assert server.dialect == Dialect(
        institution_id="MZ",
        location_code="mz-taiping-03",
        terminal_password="端口",
        encoding=Encoding.GB18030,
        terminator=Terminator.CRLF,
        checksum=ChecksumPolicy.STRICT,
        login=LoginStyle.TELNET,
        protocol_version="1.00",
        language="019",
    )
    assert server.reply_timeout_s == 3
    assert server.tls is not None and server.tls.verify_mode is ssl.CERT_REQUIRED


def test_the_ca_of_an_ils_of_our_own(folder: Path) -> None:
    self_signed(folder)
    config = load(with_ils(folder, 'tls = true\ntls_ca = "ils.crt"'))
    assert config.ils.tls_ca == str(folder / "ils.crt")
    assert config.server.tls is not None
    issued_to = [dict(part[0] for part in ca["subject"]) for ca in config.server.tls.get_ca_certs()]
    assert issued_to == [{"commonName": "ils"}]


def test_a_configuration_is_told_apart_by_its_digest(folder: Path) -> None:
    one = load(written(folder, GOOD)).digest
    other = load(with_ils(folder, 'checksum = "off"')).digest
    assert one == load(written(folder, GOOD)).digest != other
    assert "secret" not in one


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[ils]", "[ils]\nhots = 1", "ils.hots: unknown key, expected one of: host, port, user"),
        ("[ils]", "[isl]", "isl: unknown key, expected one of: place, ils, broker"),
        ('host = "ils.example"\n', "", "ils.host: missing"),
        ("port = 6001", 'port = "6001"', "ils.port: expected `int`, got `str`"),
        ("port = 6001", "port = 70000", "ils.port: expected `int` <= 65535"),
        ("[ils]", '[ils]\nencoding = "gbk"', "ils.encoding: expected `str` matching regex '^(utf"),
        ("[ils]", '[ils]\nlogin = "ssh"', "'^(sip|telnet|none)$'"),
        ("[ils]", '[ils]\nchecksum = "on"', "'^(off|log|strict)$'"),
        ("[ils]", '[ils]\nterminator = "LF"', "'^(CR|CRLF)$'"),
        ("[ils]", '[ils]\nversion = "3.00"', "ils.version: expected `str` matching regex"),
        ("[ils]", '[ils]\nlanguage = "zh"', "ils.language: expected `str` matching regex"),
        ("[ils]", '[ils]\ntls = "yes"', "ils.tls: expected `bool`, got `str`"),
        ('"secret"', '"se|cret"', "ils.password: expected `str` matching regex"),
        ("[ils]", '[ils]\nencoding = "ascii"\nlocation = "太平"', "ils.location: expected what can be"),
        ("[ils]", '[ils]\ntls_ca = "ca.crt"', "ils.tls_ca: given without TLS, expected tls = true"),
        ("[ils]", '[ils]\ntls = true\ntls_ca = "none.crt"', "none.crt is not there, expected a PEM file"),
        ("[ils]", '[ils]\ntls = true\ntls_ca = "ca.crt"', "expected a PEM file"),
        ('"mz-taiping-03.kiosk-1"', '"somewhere"', "place.identity: "),
        ('ca = "ca.crt"', 'ca = "nowhere.crt"', "broker.ca: "),
        ('key = "kiosk.key"', 'key = "nowhere.key"', "broker.key: "),
        ('model = "feig_obid"', 'model = "feig"', "device[0].model: unknown model 'feig', expected one of: "),
        (
            "[[device]]",
            '[[device]]\nmodel = "feig_obid"\nport = "x"\n[[device]]',
            "device[1].model: a second",
        ),
        ('model = "feig_obid"', 'model = "pn532"', "device: no tag_reader, expected a book pad"),
        (
            "[[device]]",
            '[[device]]\nmodel = "pn532"\nport = "a"\n[[device]]\nmodel = "pn532"\nport = "b"\n[[device]]',
            "device[1].name: 'card_reader' is another device's already, expected one of its own",
        ),
        ('model = "feig_obid"', 'model = "feig_obid"\nname = "Pad 1"', "device[0].name: expected `str`"),
        (
            'model = "feig_obid"',
            'model = "feig_obid"\nfind = "1A86:7523"',
            "device[0].find: expected one of port",
        ),
        (
            'model = "feig_obid"',
            'model = "feig_obid"\noptions = {baud = 9600}',
            "device[0].options.baud: unknown option, expected one of: line",
        ),
        ("[place]", '[staff]\ncodes = ["246810"]\n[place]', "staff.codes[0]: expected `str` matching"),
        ("[place]", "[visit]\nidle_s = 10\n[place]", "visit.warning_s: expected less than idle_s (10)"),
        ("[place]", '[door]\nopen = ["9-17"]\n[place]', "door.open: '9-17': expected an opening and a later"),
        ("[place]", "[door]\nclosed_days = [8]\n[place]", "door.closed_days[0]: expected `int` <= 7"),
        ("[place]", "[place", "is not TOML"),
        ("太平", "\udcff", "is not TOML"),
    ],
)
def test_a_mistake_is_one_sentence_with_file_and_key(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / "kiosk.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ConfigError) as caught:
        load(path)
    sentence = str(caught.value)
    assert said in sentence
    assert sentence.startswith(f"{path}: ") and "\n" not in sentence
    assert "secret" not in sentence and "cret" not in sentence


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ('find = "1A86"', "device[0].find: '1A86': expected VID:PID"),
        ('usb_path = "x"', "device[0].usb_path: 'x'"),
        ("", "device[0].port: expected one of port, find and usb_path, not none"),
    ],
)  # fmt: skip
def test_a_device_is_somewhere(folder: Path, where: str, said: str) -> None:
    path = folder / "kiosk.toml"
    pad = GOOD[GOOD.index("[[device]]") :]
    path.write_text(GOOD.replace(pad, f'[[device]]\nmodel = "feig_obid"\n{where}\n'), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {said}")


def test_two_card_readers_a_found_pad_and_staff(folder: Path) -> None:
    path = folder / "kiosk.toml"
    pad = GOOD[GOOD.index("[[device]]") :]
    lines = (
        '[[device]]\nmodel = "feig_obid"\nfind = "0403:6001:A5"\noptions = {line = {baud = 9600}}\n'
        '[[device]]\nmodel = "pn532"\nport = "a"\n[[device]]\nmodel = "pn532"\nusb_path = "1-1.2:1.0"\n'
        f'name = "second"\n[staff]\nsalt = "mazhang-qu"\ncards = ["{"0a" * 32}"]\n'
    )
    path.write_text(GOOD.replace(pad, lines), encoding="utf-8")
    config = load(path)
    assert [device.name for device in config.device] == ["tag_reader", "card_reader", "second"]
    addresses = [ByIds(0x0403, 0x6001, "A5"), ByPath("a"), ByUsbPath("1-1.2:1.0")]
    assert [device.address for device in config.device] == addresses
    assert config.device[0].arguments == {"line": LineSettings(9600)}
    assert config.rules.staff.cards == {"0a" * 32}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file or directory"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize("text", ["[place", GOOD.replace("[ils]", "[ils]\nhots = 1")])
def test_the_kiosk_does_not_start_and_says_why(folder: Path, text: str) -> None:
    path = written(folder, text)
    ended = subprocess.run(
        [sys.executable, "-m", "kiosk", "--config", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"kiosk: {path}: ")
    assert ended.stderr.count("\n") == 1 and "Traceback" not in ended.stderr


def test_a_librarys_own_templates_are_read(folder: Path) -> None:
    (folder / "receipts").mkdir()
    (folder / "receipts" / "borrow.zh_CN.txt").write_text("= 谢谢\n", encoding="utf-8")
    own = '[receipt]\nfolder = "receipts"\naccount_url = "https://lib.example.cn/my"\n'
    config = load(written(folder, GOOD + own))
    assert config.receipt.folder == str(folder / "receipts")
    assert len(config.receipt_templates) == 18
    assert config.receipt_templates != load(written(folder, GOOD)).receipt_templates


RECEIPTS = {
    "no folder": ('folder = "nowhere"', r"receipt\.folder: .*nowhere: expected a folder"),
    "a mistake": (
        'folder = "receipts"',
        r"receipt\.folder: .*borrow\.zh_CN\.txt, line 2: unknown name 'nmae'",
    ),
    "no address": ('account_url = "lib"', r"receipt\.account_url"),
}


@pytest.mark.parametrize(("line", "message"), RECEIPTS.values(), ids=RECEIPTS)
def test_a_mistake_about_receipts_is_one_sentence(line: str, message: str, folder: Path) -> None:
    (folder / "receipts").mkdir()
    (folder / "receipts" / "borrow.zh_CN.txt").write_text("一\n{nmae}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load(written(folder, f"{GOOD}[receipt]\n{line}\n"))
