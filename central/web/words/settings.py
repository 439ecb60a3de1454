"""Words of what the main library sets at kiosks from afar, and sentences about mistakes in it."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "settings_title": ("远程设置", "Settings"),
    "settings_hint": (
        "没有读者在用时，自助机自动采用。留空的一项按自助机本机的配置文件。",
        "Kiosks take them up when nobody is being served. What is empty is as the kiosk's own file says.",
    ),
    "settings_edit": ("修改设置", "Change settings"),
    "settings_save": ("保存设置", "Save settings"),
    "settings_saved": ("已保存。", "Saved."),
    "settings_now": ("当前设置", "As chosen now"),
    "settings_unset": ("未设置，用本机的", "as the kiosk's own file says"),
    "settings_clear": ("清除", "Clear"),
    "settings_clear_one": ("清除“{name}”", "Clear {name}"),
    "settings_none": (
        "没有远程设置，自助机按本机的配置文件运行。",
        "Nothing is set: kiosks go by their own files.",
    ),
    "settings_kiosks": ("自助机是否已采用", "Kiosks"),
    # what can be set, and how its values are said
    "settings_open": ("开放时间", "Opening hours"),
    "settings_open_hint": (
        "按先后写，如 09:00-12:00 14:30-17:30；非开放时间的进馆人次会另作标记。",
        "One after the other, such as 09:00-12:00 14:30-17:30. Visits at other times are marked.",
    ),
    "settings_closed_days": ("每周休息日", "Closed days"),
    "settings_closed_days_hint": ("都不勾：用本机的。", "None ticked: as the kiosk's own file says."),
    "settings_offline": ("断网时", "When cut off"),
    "settings_offline_off": ("停止借还", "No circulation"),
    "settings_offline_finish": ("只办完手上这次", "Finish the visit under way"),
    "settings_offline_returns": ("可还书", "Returns only"),
    "settings_offline_loans": ("可借可还", "Loans and returns"),
    "settings_offline_loans_most": ("断网时每人可借（册）", "Loans a reader when cut off"),
    "settings_idle_s": ("无人操作多久后结束（秒）", "A visit ends when idle for (s)"),
    "settings_warning_s": ("结束前多久提醒（秒）", "Warned before the end by (s)"),
    "settings_between": ("{least} 至 {most}", "{least} to {most}"),
    "settings_day_0": ("天天开放", "Open every day"),
    "settings_day_1": ("周一", "Mon"),
    "settings_day_2": ("周二", "Tue"),
    "settings_day_3": ("周三", "Wed"),
    "settings_day_4": ("周四", "Thu"),
    "settings_day_5": ("周五", "Fri"),
    "settings_day_6": ("周六", "Sat"),
    "settings_day_7": ("周日", "Sun"),
    # whether kiosks go by them
    "uptake_in_force": ("已生效", "In force"),
    "uptake_waiting": ("等待中", "Waiting"),
    "uptake_offline": ("等自助机上线", "Waiting for the kiosk to connect"),
    "uptake_overdue": ("一直没有采用", "Not taken up"),
    "uptake_since": ("自 {at}", "since {at}"),
    "uptake_overdue_hint": (
        "可能与本机配置冲突：请用“取运行记录”查看原因，再修改设置。",
        "It may contradict the kiosk's own file: fetch its log, which says why, and change the settings.",
    ),
    # many places at once
    "settings_many": ("一次设置多个网点", "Many places at once"),
    "settings_many_hint": (
        "只改填写了的几项；留空的，各网点保持原样。",
        "Only what you fill in is changed; the rest stays as it is at each place.",
    ),
    "settings_unchanged": ("不改", "No change"),
    "settings_unchanged_days": ("都不勾：不改。", "None ticked: no change."),
    "settings_where": ("设置哪些网点", "Where"),
    "settings_by_town": ("按镇（全部网点）", "By town"),
    "settings_many_done": ("已为 {places}保存。", "Saved for {places}."),
    "settings_places_set": ("有远程设置的网点", "Places with settings"),
    "settings_kiosks_in_force": ("{n} / {all} 台已生效", "in force at {n} of {all} kiosks"),
    # mistakes, one sentence each
    "settings_bad_open": (
        "开放时间“{value}”看不懂：请写成 09:00-12:00，先开后关，最晚 24:00。",
        'Opening hours "{value}" cannot be read: write them as 09:00-12:00, by 24:00 at the latest.',
    ),
    "settings_bad_order": (
        "开放时间“{value}”有重叠或先后颠倒：请从早到晚写。",
        'Opening hours "{value}" overlap or are out of order: write them from morning to evening.',
    ),
    "settings_bad_spans": (
        "开放时间应为 1 至 {most} 段：请合并或删去几段。",
        "Opening hours: expected 1 to {most} spans a day.",
    ),
    "settings_bad_days": (
        "休息日：请勾选“天天开放”，或勾选星期几，不要都勾。",
        'Closed days: tick "Open every day" or days of the week, not both.',
    ),
    "settings_bad_all_closed": (
        "休息日不能七天都选：要停用网点，请发“暂停服务”指令。",
        "Not all seven days can be closed: to take a place out of service use that command.",
    ),
    "settings_bad_offline": ("断网时：请从列表中选一项。", "When cut off: choose from the list."),
    "settings_bad_number": (
        "{name}“{value}”不对：请填 {least} 至 {most} 之间的数。",
        '{name}: "{value}" will not do, expected a number from {least} to {most}.',
    ),
    "settings_bad_whole": (
        "{name}“{value}”不对：请填 {least} 至 {most} 之间的整数。",
        '{name}: "{value}" will not do, expected a whole number from {least} to {most}.',
    ),
    "settings_bad_warning": (
        "提醒（{warning} 秒）必须短于无人操作的时间（{idle} 秒）：请改其中一项。",
        "The warning ({warning} s) must be shorter than the idle time ({idle} s): change one of them.",
    ),
    "settings_bad_where": ("请选择要设置的网点。", "Choose the places."),
    "settings_nothing": ("请至少填写一项。", "Fill in at least one setting."),
    "settings_bad_at": ("网点“{place}”：{why}", "At {place}: {why}"),
}
