"""What goes out, against a real mail server and a real web server on loopback."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from central.alerts import hooks, mail
from central.alerts.command import test_message as make_message
from central.alerts.config import Alerts, DingTalk, Hook, Line, Recipient, WeCom
from central.alerts.delivery import Courier, letters
from central.alerts.errors import DeliveryError
from central.alerts.incident import Incident, Member, Notice, What
from central.alerts.outbox import GIVE_UP_AFTER, MOST_WAITING, Letter, Outbox, Outcome
from central.alerts.rules import Role
from central.alerts.signs import Key
from central.alerts.surroundings import Setting, Site
from central.alerts.tables import Tables
from central.alerts.words import Message, Speaker
from central.office import Office
from central.places import Level, Place, Places, Town
from devices.kinds import PrinterTrouble
from hardware_sim.processes import free_port
from tests.central.alerts.servers import PASSWORD, USER, MailServer, WebServer
from tests.central.alerts.world import ALWAYS, ZONE
from tests.central.heard import NOW
from tests.waiting import wait_for

MESSAGE = make_message(NOW)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with MailServer(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "centre.office.db")
    yield opened
    opened.close()


# -- e-mail ------------------------------------------------------------------------------------------------


def test_a_mail_arrives_over_starttls_with_user_and_password(post: MailServer) -> None:
    mail.send(post.channel(), ["duty@example.cn", "second@example.cn"], MESSAGE)
    arrived = post.mails[-1]
    assert arrived["Subject"] == "【书站测试】通知通道正常"
    assert arrived["To"] == "duty@example.cn, second@example.cn"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content().strip().startswith("【书站测试】收到这条消息")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "user or password refused (535)"),
        ({"ca": ""}, "TLS failed: CERTIFICATE_VERIFY_FAILED"),
        ({"user": ""}, "SMTPSenderRefused (530)"),
    ],
)
def test_why_a_mail_was_not_taken(post: MailServer, change: dict[str, str], said: str) -> None:
    before = len(post.mails)
    with pytest.raises(DeliveryError) as caught:
        mail.send(post.channel(**change), ["duty@example.cn"], MESSAGE)
    assert said in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (PASSWORD, "wrong", USER, "duty@"))
    assert len(post.mails) == before


def test_no_mail_server_at_all(post: MailServer) -> None:
    with pytest.raises(DeliveryError, match="Connection refused"):
        mail.send(post.channel(port=free_port()), ["duty@example.cn"], MESSAGE)


# -- webhooks ----------------------------------------------------------------------------------------------


def test_the_signature_against_one_made_by_others() -> None:
    """A vector of DingTalk's signature from a public client's test (dingtalk-api,
    DingTalkSecurityImplTest.java): HMAC-SHA256 over time, line feed and a text, base64."""
    secret = "c9RMIAGoL_K26gxkw4LrLGf2ERSQVqMBd1K_jclUIT3WM249uVCwf0Ug2RpG4dBh"
    text = "SEx31XX20YLqvcLVpnwObQHIbvv85ZD6UGXCphXEmp0zCNNfj6VMMklvZjVNDCf99rrKc476XMKS56d5p6iCOU"
    signature = hooks.signature(secret, f"1629879099342\n{text}")
    assert signature == "auGsFduirwTx3fYqswR8SCuaKbHpHjJzUB/cIAWHGuw="


def test_dingtalk_signs_time_and_secret_in_its_address(web: WebServer) -> None:
    """Format: open.dingtalk.com/document/robots/custom-robot-access."""
    at = datetime(2021, 8, 25, 8, 11, 39, 342000, tzinfo=UTC)
    channel = DingTalk("group", web.url("/robot/send?access_token=T1"), "SECabc")
    hooks.send(channel, MESSAGE, at)
    (posted,) = web.posted
    assert posted.body == {"msgtype": "text", "text": {"content": MESSAGE.text}}
    parts = urlsplit(posted.path)
    assert parts.path == "/robot/send"
    assert parse_qs(parts.query) == {
        "access_token": ["T1"],
        "timestamp": ["1629879099342"],
        "sign": [hooks.signature("SECabc", "1629879099342\nSECabc")],
    }


def test_wecom_takes_a_text(web: WebServer) -> None:
    """Format: developer.work.weixin.qq.com/document/path/91770."""
    hooks.send(WeCom("group", web.url("/cgi-bin/webhook/send?key=K1")), MESSAGE, NOW)
    (posted,) = web.posted
    assert posted.path == "/cgi-bin/webhook/send?key=K1"
    assert posted.headers["Content-Type"] == "application/json; charset=utf-8"
    assert posted.body == {"msgtype": "text", "text": {"content": MESSAGE.text}}


def test_a_robots_text_fits_its_bytes_whole_characters() -> None:
    text = "告警" * 2000
    for most in (2046, 2047, 2048):
        short = hooks.cut(text, most)
        assert len(short.encode()) <= most
        assert short.endswith(("警…", "告…"))
    assert hooks.cut("告警", 6) == "告警"


def test_a_webhook_of_ours_tells_everything_and_brings_its_token(web: WebServer) -> None:
    hooks.send(Hook("ours", web.url("/alerts"), "T-1"), MESSAGE, NOW)
    (posted,) = web.posted
    assert posted.headers["Authorization"] == "Bearer T-1"
    assert posted.body["what"] == "test"
    assert set(posted.body) == set(Message.__struct_fields__)


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (500, b"", "HTTP 500"),
        (302, b"", "HTTP 302"),
        (200, b'{"errcode":45009,"errmsg":"api freq out of limit"}', "errcode 45009"),
        (200, b'{"errcode":310000,"errmsg":"sign not match"}', "errcode 310000"),
        (200, b"<html>", "the robot's answer has no errcode"),
        (200, b"[]", "the robot's answer has no errcode"),
    ],
)
def test_why_a_robot_did_not_take_it(web: WebServer, status: int, answer: bytes, said: str) -> None:
    web.status, web.answer = status, answer
    with pytest.raises(DeliveryError) as caught:
        hooks.send(WeCom("group", web.url("/send?key=SECRETKEY")), MESSAGE, NOW)
    assert said in str(caught.value)
    assert "SECRETKEY" not in str(caught.value)
    assert [one.path for one in web.posted] == ["/send?key=SECRETKEY"]  # a redirection is not followed


def test_no_web_server_at_all() -> None:
    with pytest.raises(DeliveryError, match="cannot be reached: Connection refused"):
        hooks.send(Hook("ours", f"http://127.0.0.1:{free_port()}/"), MESSAGE, NOW)


# -- who is told -------------------------------------------------------------------------------------------

PLACES = Places(
    town=(Town("taiping", "太平镇", "Taiping Town"), Town("huguang", "湖光镇", "Huguang Town")),
    place=(
        Place("mz-a", "麻章区图书馆甲村服务点", "甲村", "Point A", "A", Level.POINT, "taiping"),
        Place("mz-b", "麻章区图书馆乙村服务点", "乙村", "Point B", "B", Level.POINT, "taiping"),
        Place("mz-c", "麻章区图书馆丙村服务点", "丙村", "Point C", "C", Level.POINT, "huguang"),
    ),
)
SETTING = Setting({place.id: Site(place.town, ALWAYS) for place in PLACES.place})
SPEAKER = Speaker(PLACES, ZONE, "https://centre.example.cn/")


def notice(what: What = What.RAISED, escalated: bool = False, rule: str = "kiosk_offline") -> Notice:
    members = tuple(Member(Key(rule, place, "kiosk-1"), NOW) for place in ("mz-a", "mz-b", "mz-c"))
    incident = Incident(7, rule, NOW, NOW, members, escalated_at=NOW if escalated else None)
    return Notice(what, incident, members)


def told(recipient: Recipient, about: Notice) -> list[tuple[str, ...]]:
    found = letters([about], Alerts(recipient=(recipient,)), SETTING, SPEAKER, NOW)
    return [letter.message.places for letter in found]


@pytest.mark.parametrize(
    ("recipient", "about", "places"),
    [
        (Recipient("a", "mail"), notice(), [("mz-a", "mz-b", "mz-c")]),
        (Recipient("a", "mail", towns=("taiping",)), notice(), [("mz-a", "mz-b")]),
        (Recipient("a", "mail", places=("mz-c",)), notice(), [("mz-c",)]),
        (Recipient("a", "mail", towns=("taiping",), places=("mz-c",)), notice(), [("mz-a", "mz-b", "mz-c")]),
        (Recipient("a", "mail", places=("mz-z",)), notice(), []),
        (Recipient("a", "mail", roles=(Role.VOLUNTEER,)), notice(), [("mz-a", "mz-b", "mz-c")]),
        (Recipient("a", "mail", roles=(Role.LIBRARIAN,)), notice(), []),
        (Recipient("a", "mail", line=Line.SECOND), notice(), []),
        (Recipient("a", "mail", line=Line.SECOND), notice(What.ESCALATED), [("mz-a", "mz-b", "mz-c")]),
        (Recipient("a", "mail"), notice(What.ESCALATED), []),
        (Recipient("a", "mail", line=Line.SECOND), notice(What.CLEARED), []),
        (Recipient("a", "mail", line=Line.SECOND), notice(What.CLEARED, True), [("mz-a", "mz-b", "mz-c")]),
        (Recipient("a", "mail"), notice(What.CLEARED, True), [("mz-a", "mz-b", "mz-c")]),
    ],
)
def test_who_is_told_of_what(recipient: Recipient, about: Notice, places: list[tuple[str, ...]]) -> None:
    assert told(recipient, about) == places


def test_the_words_of_a_message() -> None:
    one = Member(Key("paper_out", "mz-a", "kiosk-1", "receipt_printer"), NOW, PrinterTrouble.PAPER_OUT.value)
    about = Notice(What.RAISED, Incident(7, "paper_out", NOW, NOW, (one,)), (one,))
    message = SPEAKER.message(about, (one,), NOW)
    assert message.title == "【书站告警】凭条纸用完：甲村"
    assert message.text.splitlines() == [
        "【书站告警】凭条纸用完：甲村",
        "开始：2026年11月22日 11:04",
        "· 甲村 kiosk-1 凭条打印机：缺纸，请换一卷",
        "处理：换一卷热敏纸。",
        "编号 7 https://centre.example.cn/alerts/7",
        "",
        "[Shuzhan Alert] Paper out: A",
        "Since: 22 Nov 2026, 11:04",
        "· A kiosk-1 receipt printer: The printer is out of paper: put in a new roll.",
        "To do: Put in a new roll.",
        "No. 7 https://centre.example.cn/alerts/7",
    ]


def test_a_hundred_places_are_counted_by_town_and_fit_a_robots_text() -> None:
    places = tuple(
        Place(
            f"mz-{n}",
            f"{n}村服务点",
            f"{n}村",
            f"Point {n}",
            f"P{n}",
            Level.POINT,
            ("taiping", "huguang")[n % 2],
        )
        for n in range(100)
    )
    members = tuple(Member(Key("kiosk_offline", place.id, "kiosk-1"), NOW) for place in places)
    about = Notice(What.RAISED, Incident(7, "kiosk_offline", NOW, NOW, members), members)
    message = Speaker(Places(PLACES.town, places), ZONE).message(about, members, NOW)
    assert message.title == "【书站告警】自助机断线：100 处（太平镇 50、湖光镇 50）"
    assert "…… 共 100 处" in message.text
    assert len(message.text.encode()) < hooks.WECOM_BYTES


# -- the way out -------------------------------------------------------------------------------------------


def outbox_with(office: Office, *channels: str) -> Outbox:
    Tables(office).save([], [Letter(channel, "值班", MESSAGE) for channel in channels], NOW)
    return Outbox(office)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_what_fails_is_tried_again_ever_more_rarely_and_given_up_after_a_day(
    office: Office, web: WebServer
) -> None:
    web.status = 503
    outbox, clock = outbox_with(office, "group"), Clock()
    recipient = Recipient("值班", "group")
    courier = Courier(WeCom("group", web.url("/")), [recipient], outbox, clock)
    tries = []
    while outbox.log(1)[0].outcome is Outcome.WAITING:
        if courier.carry_one():
            tries.append(clock.now - NOW)
        clock.now += timedelta(seconds=5) if clock.now - NOW < timedelta(minutes=10) else timedelta(minutes=5)
    assert tries[:5] == [timedelta(seconds=s) for s in (0, 5, 25, 85, 385)]
    assert tries[-1] >= GIVE_UP_AFTER
    assert len(tries) == len(web.posted) < 120
    (ended,) = outbox.log(1)
    assert (ended.outcome, ended.trouble) == (Outcome.GIVEN_UP, "HTTP 503")


def test_a_struggling_channel_is_known(office: Office, web: WebServer) -> None:
    web.status = 503
    outbox, clock = outbox_with(office, "group"), Clock()
    courier = Courier(WeCom("group", web.url("/")), [Recipient("值班", "group")], outbox, clock)
    for seconds in (0, 5, 25):
        assert outbox.struggling() == {}
        clock.now = NOW + timedelta(seconds=seconds)
        assert courier.carry_one()
    assert outbox.struggling() == {"group": "HTTP 503"}
    web.status, clock.now = 200, NOW + timedelta(hours=1)
    assert courier.carry_one()
    assert outbox.struggling() == {}
    assert outbox.log(1)[0].outcome is Outcome.SENT


def test_too_much_for_one_channel_drops_the_oldest_and_says_so(office: Office) -> None:
    outbox = outbox_with(office, *["group"] * (MOST_WAITING + 3), "mail")
    log = outbox.log(1000)
    assert [one.outcome for one in log[-3:]] == [Outcome.DROPPED] * 3
    assert sum(one.outcome is Outcome.WAITING for one in log) == MOST_WAITING + 1


def test_a_recipient_who_is_gone_is_said_and_not_written_to(office: Office, web: WebServer) -> None:
    outbox = outbox_with(office, "group")
    assert Courier(WeCom("group", web.url("/")), [], outbox, Clock()).carry_one()
    assert outbox.log(1)[0].trouble == "the recipient is no longer in the configuration"
    assert web.posted == []


def test_a_failing_channel_does_not_hold_the_others_and_no_secret_is_logged(
    office: Office, web: WebServer, post: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dead = WeCom("group", f"http://127.0.0.1:{free_port()}/send?key=SECRETKEY")
    outbox = outbox_with(office, "group", "mail", "ours")
    recipients = [
        Recipient("值班", "group"),
        Recipient("值班", "mail", to=("duty@example.cn",)),
        Recipient("值班", "ours"),
    ]
    channels = (dead, post.channel(), Hook("ours", web.url("/")))
    couriers = [Courier(c, recipients, outbox, lambda: datetime.now(UTC)) for c in channels]
    threads = [threading.Thread(target=courier.run) for courier in couriers]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: Outcome.WAITING not in {one.outcome for one in outbox.log(2)}, "two are sent")
        wait_for(lambda: outbox.log(3)[2].attempts >= 1, "the third was tried")
    finally:
        for courier in couriers:
            courier.stop()
        for thread in threads:
            thread.join(20)
    assert [one.outcome for one in outbox.log(3)] == [Outcome.SENT, Outcome.SENT, Outcome.WAITING]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("central")]
    said = "".join(ours) + "".join(one.trouble for one in outbox.log(3)) + repr(channels)
    assert "channel 'group': cannot be reached" in said
    assert not any(secret in said for secret in ("SECRETKEY", PASSWORD, "duty@"))
