"""Settings of places over REST and by the forms of the main library: who, what, and sentences."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broker_config.from_centre import Settings
from central.accounts import audit
from central.accounts.tokens import Scope
from central.place_settings import NAMES, POLICIES
from central.reader_cards import ReaderCardKeys
from central.uptake import PATIENCE, Uptake
from central.wanted import TokenKeys, WantedKeeper
from central.web.settings_view import LABELS, LEVELS, places_of
from central.web.words import TEXTS
from tests.central.heard import NOW, Kiosk
from tests.central.web.inside import OTHER, OWN, PLACES, ZONE, House, Person, house

PATH, PAGE = f"/api/v1/places/{OWN}/settings", f"/places/{OWN}/settings"
NOTHING = dict.fromkeys(NAMES)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def boss(own: House) -> Person:
    return own.person("boss")


def wished(own: House, place: str = OWN) -> Settings:
    return own.shell.dispatch.wishes.of(place)


def actions(own: House) -> list[tuple[str, str, str]]:
    entries = audit.entries(own.shell.office, audit.Wanted(action="place.settings"), 200)
    return [(entry.actor, entry.action, entry.subject) for entry in entries]


# -- REST ------------------------------------------------------------------------------------------------


def test_set_read_and_cleared(own: House) -> None:
    manage, read = own.program(Scope.MANAGE), own.program(Scope.READ)
    kiosks = [{"kiosk": "kiosk-1", "uptake": "waiting", "since": None}]
    assert read.get(PATH).json() == NOTHING | {"kiosks": kiosks}
    put = manage.ask("PUT", PATH, json={"closed_days": [7, 1, 1], "offline_loans": 2, "idle_s": 90})
    assert put.status_code == 200
    told = NOTHING | {"closed_days": [1, 7], "offline_loans": 2, "idle_s": 90.0, "kiosks": kiosks}
    assert put.json() == read.get(PATH).json() == told
    assert wished(own) == Settings(closed_days=(1, 7), offline_loans=2, idle_s=90.0)
    put = manage.ask("PUT", PATH, json={"closed_days": [], "idle_s": None})
    assert put.json() == NOTHING | {"closed_days": [], "kiosks": kiosks}
    assert manage.ask("DELETE", PATH).status_code == 204
    assert wished(own) == Settings() and read.get(PATH).json()["closed_days"] is None
    assert actions(own) == [("token:manage", "place.settings", OWN)] * 3


@pytest.fixture
def keeper(own: House, tmp_path: Path) -> WantedKeeper:
    tokens, cards = TokenKeys(tmp_path / "tokens"), ReaderCardKeys(tmp_path / "cards")
    return WantedKeeper(own.shell.office, own.shell.board.store, PLACES, ZONE, tokens=tokens, cards=cards)


def test_a_kiosk_takes_it_up_and_says_so(own: House, keeper: WantedKeeper) -> None:
    manage, store = own.program(Scope.MANAGE), own.shell.board.store
    manage.ask("PUT", PATH, json={"offline": "loans"})
    keeper.answers((), NOW)
    told = {"kiosk": "kiosk-1", "uptake": "waiting", "since": "2026-11-22T03:04:05Z"}
    assert manage.get(PATH).json()["kiosks"] == [told]
    store.take([Kiosk().birth(session=2, wanted_version=1)])
    assert manage.get(PATH).json()["kiosks"] == [told | {"uptake": "in_force", "since": None}]
    keeper.answers((), NOW + timedelta(minutes=1))
    in_force = {"kiosk": "kiosk-1", "uptake": "in_force", "since": "2026-11-22T03:05:05Z"}
    assert manage.get(PATH).json()["kiosks"] == [in_force]


def test_the_form_tells_a_kiosk_that_is_away_from_one_that_will_not(
    own: House, boss: Person, keeper: WantedKeeper
) -> None:
    boss.fill_in(PAGE, warning_s="90")
    keeper.answers((), NOW)
    assert "等待中</span> <small>自 11月22日 11:04" in boss.get(PAGE).text
    own.clock.now += PATIENCE
    shown = boss.get(PAGE).text
    assert "一直没有采用" in shown and "可能与本机配置冲突" in shown
    own.shell.board.store.take([Kiosk().death(own.clock.now)])
    assert "等自助机上线" in boss.get(PAGE).text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"open": ["9点到12点"]}, "开放时间“9点到12点”看不懂"),
        ({"open": ["09:00-12:00", "11:00-13:00"]}, "开放时间“09:00-12:00 11:00-13:00”有重叠"),
        ({"open": ["09:00-10:00 11:00-12:00"]}, "请检查：open.0 应不多于 11 个字符"),
        ({"open": []}, "请检查：open"),
        ({"closed_days": [1, 2, 3, 4, 5, 6, 7]}, "休息日不能七天都选"),
        ({"closed_days": [8]}, "请检查：closed_days.0 应不大于 7"),
        ({"closed_days": "monday"}, "请检查：closed_days"),
        ({"idle_s": 30, "warning_s": 30}, "提醒（30 秒）必须短于无人操作的时间（30 秒）"),
        ({"idle_s": 5}, "请检查：idle_s 应不小于 20"),
        ({"offline": "sometimes"}, "请检查：offline 应为"),
        ({"offline_loans": 2.5}, "请检查：offline_loans 应为整数"),
        ({"level": "main"}, "请检查：不认识 level"),
        ([], "请检查：body"),
    ],
)
def test_what_cannot_be_set(own: House, body: object, sentence: str) -> None:
    answer = own.program(Scope.MANAGE).ask("PUT", PATH, json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(sentence)
    assert wished(own) == Settings() and actions(own) == []


def test_who_may_not(own: House) -> None:
    """That the doorkeeper lets nobody else in is `test_access.py`'s; here it is one who almost may."""
    taiping = own.person("taiping")
    assert taiping.get(PATH).status_code == 200
    for method in ("PUT", "DELETE"):
        answer = taiping.ask(method, PATH, json={"idle_s": 90}, headers={"origin": "http://127.0.0.1:8080"})
        assert (answer.status_code, answer.json()["detail"]) == (403, "您的角色没有这项权限。")
    assert taiping.get(PATH.replace(OWN, OTHER)).status_code == 403
    manage = own.program(Scope.MANAGE)
    assert manage.get(PATH.replace(OWN, "nowhere")).status_code == 404
    assert manage.ask("PUT", PATH.replace(OWN, "nowhere"), json={}).status_code == 404
    broken = manage.ask("PUT", PATH, content="{", headers={"content-type": "application/json"})
    assert (broken.status_code, broken.json()["detail"]) == (422, "请检查：请求体应为 JSON。")
    assert wished(own) == Settings() and actions(own) == []


# -- one place -------------------------------------------------------------------------------------------


def test_the_form_of_one_place_from_nothing_to_nothing(own: House, boss: Person) -> None:
    assert boss.get(PAGE).text.count("未设置，用本机的") == 7, "six settings and the list's first choice"
    done = boss.fill_in(PAGE, open="9：00－12：00、14:30-17:30", day_1="yes", offline="returns", idle_s="90")
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?saved=true")
    chosen = Settings(open=("09:00-12:00", "14:30-17:30"), closed_days=(1,), offline="returns", idle_s=90.0)
    assert wished(own) == chosen
    shown = boss.get(f"{PAGE}?saved=true").text
    for text in ("已保存", 'value="09:00-12:00 14:30-17:30"', "<dd>周一</dd>", "<dd>可还书</dd>", "等待中"):
        assert text in shown, text
    assert boss.fill_in(PAGE, f"{PAGE}/open/clear").status_code == 303
    assert wished(own).open is None and wished(own).closed_days == (1,)
    assert boss.fill_in(PAGE, day_0="yes").status_code == 303
    assert wished(own) == Settings(closed_days=()), "what is left empty is not set any more"
    assert "<dd>天天开放</dd>" in boss.get(PAGE).text
    assert boss.fill_in(PAGE).status_code == 303
    assert wished(own) == Settings()
    assert actions(own) == [("boss", "place.settings", OWN)] * 4


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_mistakes_are_told_one_sentence_each_and_what_was_typed_stays(
    own: House, boss: Person, language: str
) -> None:
    boss.get(f"/language/{language}")
    answer = boss.fill_in(PAGE, open="9点到12点", day_3="yes", idle_s="19", offline_loans="many")
    assert answer.status_code == 422
    sentences = {
        "zh-CN": (
            "开放时间“9点到12点”看不懂：请写成 09:00-12:00，先开后关，最晚 24:00。",
            "断网时每人可借（册）“many”不对：请填 0 至 50 之间的整数。",
            "无人操作多久后结束（秒）“19”不对：请填 20 至 600 之间的数。",
        ),
        "en": (
            "Opening hours &#34;9点到12点&#34; cannot be read",
            "Loans a reader when cut off: &#34;many&#34; will not do, expected a whole number from 0 to 50.",
            "A visit ends when idle for (s): &#34;19&#34; will not do, expected a number from 20 to 600.",
        ),
    }
    for sentence in sentences[language]:
        assert sentence in answer.text
    for typed in ('value="9点到12点"', 'name="day_3" value="yes" checked', 'value="19"'):
        assert typed in answer.text
    assert wished(own) == Settings() and actions(own) == []


def test_pages_of_no_place_and_no_setting(boss: Person) -> None:
    assert boss.get(PAGE.replace(OWN, "nowhere")).status_code == 404
    assert boss.fill_in(PAGE, PAGE.replace(OWN, "nowhere"), idle_s="90").status_code == 404
    assert boss.fill_in(PAGE, f"{PAGE}/level/clear").status_code == 404
    assert boss.post(PAGE, data={"idle_s": "90"}).status_code == 403, "no form of ours"


# -- many places -----------------------------------------------------------------------------------------


def test_many_places_keep_what_is_not_filled_in(own: House, boss: Person) -> None:
    own.person("boss").fill_in(PAGE, open="09:00-12:00")
    done = boss.fill_in("/settings", where="point", offline="loans", offline_loans="2")
    assert (done.status_code, done.headers["location"]) == (303, "/settings?where=point&saved=true")
    assert wished(own) == Settings(open=("09:00-12:00",), offline="loans", offline_loans=2)
    assert wished(own, OTHER) == Settings(offline="loans", offline_loans=2)
    assert wished(own, "mz-main") == Settings()
    points = len(places_of(PLACES, "point"))
    shown = boss.get(done.headers["location"]).text
    assert f"已为 {points} 个网点保存。" in shown and "0 / 1 台已生效" in shown
    assert len(actions(own)) == points + 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"where": "moon", "idle_s": "90"}, "请选择要设置的网点。"),
        ({"where": "all"}, "请至少填写一项。"),
        ({"where": "all", "idle_s": "9"}, "“9”不对"),
        ({"where": "all", "warning_s": "60"}, "网点“东黄村”：提醒（60 秒）必须短于无人操作的时间（60 秒）"),
    ],
)
def test_many_places_or_none(own: House, boss: Person, form: dict[str, str], sentence: str) -> None:
    boss.fill_in(PAGE, idle_s="60")
    answer = boss.fill_in("/settings", **form)
    assert answer.status_code == 422 and sentence in answer.text
    assert own.shell.dispatch.wishes.all() == {OWN: Settings(idle_s=60.0)}


def test_where() -> None:
    everywhere = places_of(PLACES, "all")
    assert len(everywhere) == 104
    assert sorted(place.id for level in LEVELS for place in places_of(PLACES, level)) == sorted(
        place.id for place in everywhere
    )
    by_town = [place for town in PLACES.town for place in places_of(PLACES, f"town:{town.id}")]
    assert sorted(place.id for place in by_town) == sorted(place.id for place in everywhere)
    assert places_of(PLACES, "") == places_of(PLACES, "town:moon") == []


# -- words -----------------------------------------------------------------------------------------------


def test_everything_that_can_come_up_has_words(own: House, boss: Person) -> None:
    wanted = set(LABELS.values()) | {f"settings_offline_{policy}" for policy in POLICIES}
    wanted |= {f"uptake_{one.value}" for one in Uptake} | {f"settings_day_{day}" for day in range(8)}
    wanted |= {f"audit_key_{name}" for name in NAMES}
    assert wanted <= set(TEXTS), wanted - set(TEXTS)
    assert set(LABELS) == set(NAMES)
    boss.fill_in(PAGE, day_1="yes", day_7="yes", offline="returns")
    boss.fill_in(PAGE, f"{PAGE}/offline/clear")
    log = boss.get("/audit?action=place.settings").text
    assert "断网策略：可还书" in log and "休息日：周一、周日" in log and "清除：断网策略" in log
