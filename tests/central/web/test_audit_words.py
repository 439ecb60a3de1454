"""What entries of the audit log tell, in both languages."""

from zoneinfo import ZoneInfo

from central.web.audit_words import told
from central.web.texts import Language, Words

ZONE = ZoneInfo("Asia/Shanghai")
ZH, EN = Words(Language.CHINESE, ZONE), Words(Language.ENGLISH, ZONE)


def test_a_silence_in_words_with_the_librarys_time() -> None:
    details = {
        "place": "mz-huguang-07",
        "reason": "风扇已订购",
        "rule": "hot",
        "until": "2026-11-22T23:04:05.000Z",
    }
    assert (
        told(ZH, details) == "告警：主板过热；网点：mz-huguang-07；到：2026年11月23日 07:04；原因：风扇已订购"
    )
    assert told(EN, {"rule": "hot", "until": "2026-11-22T23:04:05.000Z"}) == (
        "alert: Board too hot; until: 23 Nov 2026 07:04"
    )


def test_accounts_and_exports() -> None:
    assert told(ZH, {"role": "branch", "places": ["a", "b"]}) == "角色：分馆（网点）；网点：a、b"
    assert told(ZH, {"role": "main", "places": "all"}) == "角色：总馆管理；网点：全部网点"
    exported = {"from": "2026-11-01", "to": "2026-11-30", "kinds": "*", "place": "*", "reader_tokens": "no"}
    assert (
        told(ZH, exported)
        == "网点：全部网点；从：2026年11月1日；到：2026年11月30日；记录种类：全部；含读者代码：否"
    )


def test_what_no_table_knows_is_shown_as_it_was_written() -> None:
    assert told(ZH, {"tomorrow": "yes, perhaps"}) == "tomorrow：yes, perhaps"
    assert told(EN, {"id": "17", "town": ""}) == ""
