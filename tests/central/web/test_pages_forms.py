"""Plain pages of what staff do: disputes, maintenance, commands, alerts, spares, notices; and bad input."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker_config import events
from broker_config.commands import CommandResult
from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.audit import Wanted
from central.alerts.incident import Incident, Member
from central.alerts.people import Matcher
from central.alerts.signs import Key
from central.alerts.tables import Tables
from central.commands import Commands
from central.disputes import Disputes
from tests.central.accounts.people import by
from tests.central.heard import NOW, Kiosk, ago
from tests.central.web.inside import OTHER, OWN, House, Person, house

READER, ITEM, WORDS = "4408110023", "MZ00045127", "读者证已挂失"
SOON, LATER = "2026-11-22T12:00", "2026-11-22T18:00"
"""Of the library's day; it is 11:04."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        for place, kiosk in ((OWN, Kiosk(install_id="i-9")), (OTHER, Kiosk(f"{OTHER}.kiosk-1", "i-8"))):
            told = {
                "op_id": f"op-{place}",
                "what": "loan",
                "item_id": ITEM,
                "reader_id": READER,
                "words": WORDS,
            }
            made.shell.board.store.take(
                [kiosk.event(events.Dispute, done_at=timestamp(ago(hours=3)), **told)]
            )
        yield made


@pytest.fixture
def boss(own: House) -> Person:
    return own.person("boss")


@pytest.fixture
def taiping(own: House) -> Person:
    return own.person("taiping")


def actions(own: House) -> list[str]:
    return [entry.action for entry in audit.entries(own.shell.office, Wanted(), 9)]


# -- disputes --------------------------------------------------------------------------------------------


def test_the_worklist_names_nobody_and_opening_one_is_noted(own: House, taiping: Person) -> None:
    listed = taiping.get("/disputes").text
    assert "/disputes/i-9/1" in listed
    assert not any(word in listed for word in (READER, ITEM, WORDS))
    opened = taiping.get("/disputes/i-9/1")
    assert all(word in opened.text for word in (READER, ITEM, WORDS, "2026年11月22日 08:04"))
    assert opened.headers["cache-control"] == "no-store"
    assert actions(own)[0] == "dispute.look"


def test_a_branch_sees_its_own_and_a_viewer_none(own: House, taiping: Person) -> None:
    assert "/disputes/i-8/1" not in taiping.get("/disputes").text
    assert taiping.get("/disputes/i-8/1").status_code == 404
    assert own.person("boss").get("/disputes/i-8/1").status_code == 200
    viewer = own.person("reader")
    assert (viewer.get("/disputes").status_code, viewer.get("/disputes/i-9/1").status_code) == (403, 403)
    assert "/disputes" not in viewer.get("/account").text


def test_settling_takes_it_off_the_list_and_the_reader_out_of_the_store(own: House, taiping: Person) -> None:
    path = "/disputes/i-9/1"
    done = taiping.fill_in(path, outcome="entered", reason="已补办借书")
    assert (done.status_code, done.headers["location"]) == (303, "/disputes")
    listed = taiping.get("/disputes").text
    assert path not in listed and "已补办借书" in listed and "taiping" in listed
    (event,) = own.shell.board.store.recent(OWN, 1, {"dispute"})
    assert READER not in event.body and WORDS not in event.body
    assert taiping.get(path).status_code == 404
    assert READER not in taiping.get(f"/places/{OWN}/events").text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"outcome": "entered", "reason": " "}, "请写明理由"),
        ({"outcome": "entered", "reason": f"{READER} 已联系"}, "不要写读者证号"),
        ({"outcome": "expired", "reason": "x"}, "请选择结果"),
        ({"reason": "x"}, "请选择结果"),
    ],
)
def test_settling_it_wrongly_is_explained(
    own: House, taiping: Person, form: dict[str, str], sentence: str
) -> None:
    answer = taiping.fill_in("/disputes/i-9/1", **form)
    assert answer.status_code == 422 and sentence in answer.text
    assert len(Disputes(own.shell.board.store, own.shell.office).waiting(NOW)) == 2


def test_nobody_settles_for_others(own: House, taiping: Person) -> None:
    answer = taiping.fill_in("/disputes/i-9/1", "/disputes/i-8/1", outcome="lost", reason="x")
    assert answer.status_code == 404
    assert len(Disputes(own.shell.board.store, own.shell.office).waiting(NOW)) == 2


# -- maintenance and commands ----------------------------------------------------------------------------


def test_maintenance_is_planned_shown_and_ended(own: House, taiping: Person) -> None:
    acts = f"/places/{OWN}/acts"
    plan = {"starts_at": "2026-11-22T10:00", "ends_at": LATER, "reason": "换触摸屏"}
    assert taiping.fill_in(acts, f"/places/{OWN}/maintenance", **plan).status_code == 303
    assert "换触摸屏" in taiping.get(acts).text
    (window,) = Tables(own.shell.office).windows(NOW, NOW + timedelta(minutes=1))
    assert (window.places, window.by) == (frozenset({OWN}), "taiping")
    assert taiping.fill_in(acts, f"/places/{OWN}/maintenance/{window.id}/end").status_code == 303
    assert "换触摸屏" not in taiping.get(acts).text
    again = taiping.fill_in(acts, f"/places/{OWN}/maintenance/{window.id}/end")
    assert again.status_code == 422 and "已经结束" in again.text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"starts_at": LATER, "ends_at": SOON, "reason": "x"}, "时间有误"),
        ({"starts_at": SOON, "ends_at": "2028-01-01T00:00", "reason": "x"}, "时间有误"),
        ({"starts_at": "later", "ends_at": LATER, "reason": "x"}, "时间有误"),
        ({"ends_at": LATER, "reason": "x"}, "时间有误"),
        ({"starts_at": SOON, "ends_at": LATER, "reason": " "}, "请填写原因"),
    ],
)
def test_a_plan_that_cannot_be_is_explained_and_kept_in_the_form(
    taiping: Person, form: dict[str, str], sentence: str
) -> None:
    answer = taiping.fill_in(f"/places/{OWN}/acts", f"/places/{OWN}/maintenance", **form)
    assert answer.status_code == 422 and sentence in answer.text
    assert f'value="{form["ends_at"]}"' in answer.text


def test_maintenance_of_others_places_is_not_ended(own: House, boss: Person, taiping: Person) -> None:
    desk = boss.fill_in(
        f"/places/{OTHER}/acts", f"/places/{OTHER}/maintenance", starts_at=SOON, ends_at=LATER, reason="停电"
    )
    assert desk.status_code == 303
    (window,) = Tables(own.shell.office).windows(NOW, NOW + timedelta(days=1))
    path = f"/places/{OWN}/maintenance/{window.id}/end"
    assert taiping.fill_in(f"/places/{OWN}/acts", path).status_code == 403
    assert Tables(own.shell.office).windows(NOW, NOW + timedelta(days=1)) == [window]


def test_commands_by_role(own: House, boss: Person, taiping: Person) -> None:
    acts, path = f"/places/{OWN}/acts", f"/places/{OWN}/commands"
    assert 'value="restart"' in boss.get(acts).text
    assert 'value="restart"' not in taiping.get(acts).text
    assert taiping.fill_in(acts, path, kiosk="kiosk-1", command="restart").status_code == 403
    assert boss.fill_in(acts, path, kiosk="kiosk-1", command="restart").status_code == 303
    sent = taiping.fill_in(acts, path, kiosk="kiosk-1", command="out_of_service", reason="触摸屏失灵")
    assert sent.status_code == 303
    orders = Commands(own.shell.office, own.shell.board.store).all(NOW, OWN)
    assert {(order.name, order.issued_by) for order in orders} == {
        ("restart", "boss"),
        ("out_of_service", "taiping"),
    }
    assert "等自助机上线" in taiping.get(acts).text


@pytest.mark.parametrize(
    "form",
    [
        {"kiosk": "kiosk-1", "command": "out_of_service"},
        {"kiosk": "../x", "command": "self_test"},
        {"kiosk": "kiosk-1", "command": "identify", "device": ""},
    ],
)
def test_a_command_that_cannot_be_is_explained(own: House, taiping: Person, form: dict[str, str]) -> None:
    answer = taiping.fill_in(f"/places/{OWN}/acts", f"/places/{OWN}/commands", **form)
    assert answer.status_code == 422 and "不能发送" in answer.text
    assert Commands(own.shell.office, own.shell.board.store).all(NOW) == []


def answered(own: House, place: str, media_type: str, content: bytes, name: str = "logs") -> str:
    """A command of `place` that was answered with a file; where it is fetched."""
    commands = Commands(own.shell.office, own.shell.board.store)
    kiosk = Kiosk(f"{place}.kiosk-1", f"i-{place}-answers")
    command_id = commands.issue(by("boss"), kiosk.identity, name)
    said = {"command_id": command_id, "outcome": "done", "media_type": media_type, "attachment": content}
    commands.answers([kiosk.event(CommandResult, **said)], NOW)
    return f"/places/{place}/commands/{command_id}"


def test_what_a_kiosk_sent_back_is_for_the_main_library(own: House, boss: Person, taiping: Person) -> None:
    path = answered(own, OWN, "text/plain", "一行日志".encode())
    answer = boss.get(path)
    assert (answer.status_code, answer.text) == (200, "一行日志")
    assert taiping.get(path).status_code == 403
    assert boss.get(path.replace(OWN, OTHER)).status_code == 404


def test_a_file_of_a_strange_kind_is_not_opened_by_the_browser(own: House, boss: Person) -> None:
    answer = boss.get(answered(own, OWN, "text/html", b"<script>alert(1)</script>"))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


# -- alerts ----------------------------------------------------------------------------------------------


def incident(own: House, number: int, *places: str, rule: str = "kiosk_offline") -> str:
    members = tuple(Member(Key(rule, place, "kiosk-1"), ago(minutes=5)) for place in places)
    one = Incident(number, rule, ago(minutes=5), ago(minutes=5), members)
    Tables(own.shell.office).save([one], [], NOW)
    return f"/alerts/{number}"


def test_whoever_handles_a_place_takes_its_alert(own: House, taiping: Person) -> None:
    path = incident(own, 1, OWN)
    assert "自助机断线" in taiping.get(path).text
    assert taiping.fill_in(path, f"{path}/acknowledge").status_code == 303
    assert "处理人 taiping" in taiping.get(path).text
    assert actions(own)[0] == "alert.acknowledge"


def test_an_alert_of_several_places_is_taken_by_whoever_handles_them_all(
    own: House, taiping: Person, boss: Person
) -> None:
    path = incident(own, 1, OWN, OTHER)
    assert taiping.get(path).status_code == 200
    assert taiping.fill_in(incident(own, 2, OWN), f"{path}/acknowledge").status_code == 403
    assert boss.fill_in(path, f"{path}/acknowledge").status_code == 303


def test_others_alerts_are_as_good_as_none(own: House, taiping: Person) -> None:
    path = incident(own, 1, OTHER)
    mine = incident(own, 2, OWN)
    assert taiping.get(path).status_code == 404
    assert taiping.fill_in(mine, f"{path}/acknowledge").status_code == 404
    assert taiping.get("/alerts/77").status_code == 404
    viewer = own.person("reader")
    assert viewer.get(path).status_code == 200
    assert "<form" not in viewer.get(path).text.partition("<main")[2]
    assert viewer.fill_in("/account", f"{path}/acknowledge").status_code == 403


def test_a_silence_has_an_end_a_reason_and_a_name(own: House, taiping: Person) -> None:
    path = incident(own, 1, OWN)
    form = {"scope": "silence_rule_here", "until": LATER, "reason": "线路检修"}
    assert taiping.fill_in(path, f"{path}/silence", **form).status_code == 303
    (silence,) = Tables(own.shell.office).decisions(NOW).silences
    assert silence.matcher == Matcher(rule="kiosk_offline", place=OWN)
    assert (silence.by, silence.reason) == ("taiping", "线路检修")
    assert silence.until == datetime.fromisoformat(f"{LATER}+08:00")
    assert "已静默" in taiping.get(path).text
    assert taiping.fill_in(path, f"/silences/{silence.id}/end").status_code == 303
    assert Tables(own.shell.office).decisions(NOW).silences == ()


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"scope": "silence_rule", "until": LATER, "reason": "x"}, 403, "不在您的账号范围内"),
        ({"scope": "everything", "until": LATER, "reason": "x"}, 403, "不在您的账号范围内"),
        ({"scope": "silence_place", "until": LATER, "reason": " "}, 422, "请填写原因"),
        ({"scope": "silence_place", "until": "", "reason": "x"}, 422, "90 天以内"),
        ({"scope": "silence_place", "until": "2020-01-01T00:00", "reason": "x"}, 422, "90 天以内"),
        ({"scope": "silence_place", "until": "2027-11-22T00:00", "reason": "x"}, 422, "90 天以内"),
    ],
)
def test_a_silence_that_cannot_be(
    own: House, taiping: Person, form: dict[str, str], status: int, sentence: str
) -> None:
    path = incident(own, 1, OWN)
    answer = taiping.fill_in(path, f"{path}/silence", **form)
    assert answer.status_code == status and sentence in answer.text
    assert Tables(own.shell.office).decisions(NOW).silences == ()


def test_a_silence_of_everywhere_is_ended_by_the_main_library(
    own: House, boss: Person, taiping: Person
) -> None:
    path = incident(own, 1, OWN)
    boss.fill_in(path, f"{path}/silence", scope="silence_rule", until=LATER, reason="升级")
    (silence,) = Tables(own.shell.office).decisions(NOW).silences
    assert taiping.fill_in(path, f"/silences/{silence.id}/end").status_code == 404
    assert boss.fill_in(path, f"/silences/{silence.id}/end").status_code == 303


def test_the_delivery_log_is_the_main_librarys(own: House, boss: Person, taiping: Person) -> None:
    assert "还没有发过通知" in boss.get("/deliveries").text
    assert taiping.get("/deliveries").status_code == 403


# -- spares, notices, events -----------------------------------------------------------------------------


def test_a_spare_is_entered_and_what_is_wrong_is_explained(own: House, taiping: Person) -> None:
    form = {"kind": "scanner", "serial": "SC-9", "model": "serial_scanner", "note": "二楼"}
    assert taiping.fill_in("/devices/spares", **form).headers["location"] == "/devices"
    again = taiping.fill_in("/devices/spares", **form)
    assert again.status_code == 422 and "已经登记过" in again.text and 'value="SC-9"' in again.text
    used = taiping.fill_in("/devices/spares", **(form | {"serial": "FE1"}))
    assert "正在使用" in used.text
    assert own.person("reader").get("/devices/spares").status_code == 403
    assert taiping.fill_in("/devices/spares", "/devices/spares/1/remove").status_code == 303
    assert taiping.fill_in("/devices/spares", "/devices/spares/1/remove").status_code == 404


def test_a_notice_from_draft_to_removal(own: House, boss: Person) -> None:
    form = {"audience": OWN, "title_zh": "周六故事会", "body_zh": "欢迎<小朋友>", "start": SOON, "end": LATER}
    assert boss.fill_in("/notices/new", **form).status_code == 303
    listed = boss.get("/notices").text
    assert "周六故事会" in listed and "欢迎&lt;小朋友&gt;" in listed and "尚未开始" in listed
    assert f'value="{SOON}"' in boss.get("/notices/1").text
    assert boss.fill_in("/notices/1", **(form | {"title_zh": "周日故事会"})).status_code == 303
    assert "周日故事会" in boss.get("/notices").text
    assert boss.fill_in("/notices/new", "/notices/1/remove").status_code == 303
    assert "还没有公告" in boss.get("/notices").text
    assert boss.get("/notices/1").status_code == 404


@pytest.mark.parametrize(
    "form", [{"end": "nonsense"}, {"end": SOON}, {"title_zh": " "}, {"audience": "moon"}]
)
def test_a_notice_that_will_not_do_is_explained_and_kept_in_the_form(
    boss: Person, form: dict[str, str]
) -> None:
    good = {"audience": "all", "title_zh": "标题", "body_zh": "正文在此", "start": SOON, "end": LATER}
    answer = boss.fill_in("/notices/new", **(good | form))
    assert answer.status_code == 422 and 'role="alert"' in answer.text and "正文在此" in answer.text
    assert "还没有公告" in boss.get("/notices").text


def test_events_page_by_page_and_by_kind(own: House, taiping: Person) -> None:
    kiosk = Kiosk(install_id="i-many")
    own.shell.board.store.take([kiosk.give_back(ago(minutes=minutes)) for minutes in range(60)])
    first = taiping.get(f"/places/{OWN}/events?kind=return").text
    assert first.count("kind-return") == 50
    older = first.partition("?kind=return&amp;before=")[2].partition('"')[0]
    second = taiping.get(f"/places/{OWN}/events?kind=return&before={older}").text
    assert second.count("kind-return") == 10
    assert taiping.get(f"/places/{OWN}/events?before=nonsense").status_code == 404
    assert taiping.get(f"/places/{OTHER}/events").status_code == 403


def test_an_event_that_was_told_late_says_so(own: House, taiping: Person) -> None:
    kiosk = Kiosk(install_id="i-late")
    own.shell.board.store.take([kiosk.give_back(ago(hours=5))])
    assert "才上报" in taiping.get(f"/places/{OWN}/events?kind=return").text
