"""Words of the statistics: page, monthly form, year, closing a month, numbers entered by hand."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "statistics_title": ("业务统计", "Statistics"),
    "statistics_hint": (
        "不知道的写“无数据”并注明原因，不写 0；可能不完整的带 *。",
        "What is not known says “no data” and why, never 0; what may be incomplete has a *.",
    ),
    "statistics_as_of": ("截至 {at}", "As of {at}"),
    "statistics_running": ("本月未完，数字还会增加", "The month is not over; figures will grow"),
    "statistics_may_change": (
        "离线网点补传的记录会改变已过月份的数字。",
        "Reports that kiosks send late change the figures of past months.",
    ),
    # choosing
    "statistics_month": ("月份", "Month"),
    "statistics_month_name": ("{year}年{month}月", "{month}/{year}"),
    "statistics_year_name": ("{year} 年", "{year}"),
    "statistics_scope": ("范围", "Scope"),
    "statistics_everything": ("全部网点", "All places"),
    "statistics_own": ("所辖网点", "Own places"),
    "statistics_show": ("查看", "Show"),
    "statistics_earlier": ("上个月", "Month before"),
    "statistics_later": ("下个月", "Next month"),
    "statistics_bad_month": (
        "月份“{given}”无法识别，请按 2026-11 的样子填写。",
        "“{given}” is no month: write it such as 2026-11.",
    ),
    "statistics_future": ("{given} 还没有到。", "{given} has not come yet."),
    "statistics_bad_year": (
        "年份“{given}”无法识别，请按 2026 的样子填写。",
        "“{given}” is no year: write it such as 2026.",
    ),
    "statistics_no_place": (
        "没有这个范围，或不在您的网点之内：{given}。请从列表中选择。",
        "There is no such scope among your places: {given}. Choose one from the list.",
    ),
    "statistics_to_month": ("月报", "Month"),
    "statistics_to_year": ("全年", "Year"),
    "statistics_xlsx": ("下载 Excel", "Excel"),
    "statistics_csv": ("下载 CSV", "CSV"),
    "statistics_print": ("打印月报表", "Print the form"),
    "statistics_print_now": ("打印", "Print"),
    "statistics_back": ("返回统计", "Back to the statistics"),
    "statistics_enter": ("手工填报", "Enter by hand"),
    # items
    "statistics_visits": ("进馆人次", "Visits"),
    "statistics_readers": ("读者个数", "Readers"),
    "statistics_loans": ("借出", "Loans"),
    "statistics_renewals": ("续借", "Renewals"),
    "statistics_returns": ("归还", "Returns"),
    "statistics_received": ("流转收到（册）", "Rotated in (volumes)"),
    "statistics_sent": ("流转送出（册）", "Rotated out (volumes)"),
    "statistics_added": ("新增图书（册）", "New books (volumes)"),
    "statistics_processed": ("加工量（册）", "Processed (volumes)"),
    "statistics_activities": ("读者活动（场）", "Activities"),
    "statistics_open_h": ("开放（小时）", "Open (h)"),
    "statistics_weekly_h": ("周均开放（小时）", "Open a week (h)"),
    "statistics_availability": ("服务可用率 %", "Availability %"),
    "statistics_standing": ("开放达标", "Hours standard"),
    "statistics_standard_of": ("每周不少于 {hours} 小时", "at least {hours} h a week"),
    # standing
    "statistics_met": ("达标", "Met"),
    "statistics_not_met": ("未达标", "Not met"),
    "statistics_unsure": ("无法判断", "Cannot say"),
    "statistics_ongoing": ("进行中", "Under way"),
    "statistics_no_standard": ("无标准", "No standard"),
    "statistics_weeks_met": ("{met}/{weeks} 周", "{met}/{weeks} weeks"),
    # missing and incomplete
    "statistics_no_data": ("无数据", "no data"),
    "statistics_not_entered": ("未填报", "not entered"),
    "statistics_cause_not_installed": ("自助机尚未接入", "No kiosk was connected yet"),
    "statistics_cause_installed": ("{since} 才接入", "Connected only on {since}"),
    "statistics_cause_not_heard": (
        "自助机自 {since} 起失去联系，之后的记录待补传",
        "The kiosk has not been heard since {since}; later reports may still come",
    ),
    "statistics_cause_waiting": (
        "自助机还有 {count} 条记录待上报",
        "{count} reports are waiting in the kiosk",
    ),
    "statistics_cause_missing": (
        "有 {count} 条记录缺失，正在补要",
        "{count} events are missing and asked for",
    ),
    "statistics_cause_lost": ("有 {count} 条记录已无法找回", "{count} events are lost for good"),
    "statistics_cause_no_counter": ("没有进馆计数器", "There is no door counter"),
    "statistics_cause_counter_installed": (
        "进馆计数器 {since} 才接入",
        "The door counter was connected only on {since}",
    ),
    "statistics_cause_counter_silent": (
        "进馆计数器 {since} 至 {until} 没有读数",
        "The door counter was silent from {since} to {until}",
    ),
    "statistics_cause_counter_gaps": (
        "进馆计数器有 {count} 天漏计",
        "The door counter missed some on {count} days",
    ),
    "statistics_cause_counter_spans": (
        "{since} 至 {until} 计数中断，其间共 {count} 人次不知具体时间，计入恢复当天，不分到小时",
        "Counting broke off between {since} and {until}: {count} visits came at times nobody knows and count "
        "on the day it went on",
    ),
    "statistics_cause_counter_lost": (
        "{since} 至 {until} 有 {count} 人次未收到、未计入：计数器自己的累计数更多",
        "{count} visits between {since} and {until} have not come and are not counted: the counter's own "
        "total is higher",
    ),
    "statistics_cause_counter_anew": (
        "进馆计数器在 {since} 至 {until} 之间从头计数，其间是否漏报不得而知",
        "The door counter began anew between {since} and {until}: whether visits were lost cannot be said",
    ),
    "statistics_cause_counter_closed": (
        "其中 {count} 人次在闭馆时间进入，已计入",
        "{count} of them came outside the opening hours, and count",
    ),
    "statistics_cause_counter_doubts": (
        "计数器拿不准，可能有 {count} 人次之差",
        "The counter was in doubt: it may be wrong by {count} visits",
    ),
    "statistics_cause_no_tokens": (
        "借阅记录没有读者标记，无法统计人数",
        "Loans came without reader tokens: readers cannot be counted",
    ),
    "statistics_cause_no_rotation": ("没有流转登记", "No rotation was registered"),
    "statistics_cause_not_kept": (
        "有 {count} 条明细已过保存期",
        "{count} of the raw events are no longer kept",
    ),
    "statistics_cause_outage": (
        "{since} 至 {until} 停用：{why}",
        "Down from {since} to {until}: {why}",
    ),
    "statistics_cause_not_recorded": (
        "开放时间内有 {count} 小时状态未知",
        "For {count} h of opening time the state is unknown",
    ),
    "statistics_cause_planned": (
        "开放时间内有 {count} 小时计划维护",
        "{count} h of opening time were planned maintenance",
    ),
    "statistics_cause_no_hours": ("没有设定开放时间", "No opening hours are set"),
    "statistics_cause_not_open_yet": ("还没有到开放时段", "No opening hour has come yet"),
    "statistics_cause_no_week": ("还没有完整的一周", "No whole week is over yet"),
    "statistics_cause_not_entered": ("没有人填报", "Nobody has entered it"),
    "statistics_cause_places": (
        "有 {count} 个网点缺数据或不完整",
        "{count} places lack data or are incomplete",
    ),
    "statistics_cause_months": (
        "有 {count} 个月缺数据或不完整",
        "{count} months lack data or are incomplete",
    ),
    "statistics_cause_another_month": (
        "读者标记每月更换，不能跨月去重",
        "Reader tokens change every month: no count across months",
    ),
    "statistics_corrected": ("更正：原报 {was}", "Correction: {was} was reported"),
    "statistics_everything_counted": ("各项", "All figures"),
    "statistics_rests_on": ("{known}/{places} 个网点", "{known}/{places} places"),
    # table and charts
    "statistics_place": ("网点", "Place"),
    "statistics_total_of": ("合计：{name}（{places} 个网点）", "Total: {name} ({places} places)"),
    "statistics_district": ("全部", "all"),
    "statistics_totals": ("合计", "Totals"),
    "statistics_by_place": ("各网点", "By place"),
    "statistics_sort_by": ("按“{name}”排序", "Sort by {name}"),
    "statistics_only_first": (
        "只显示前 {shown} 个，共 {count} 个；下载中有全部。",
        "The first {shown} of {count}; downloads hold all.",
    ),
    "statistics_by_day": ("每日进馆、借出与归还", "Visits, loans and returns by day"),
    "statistics_ranking": ("排名：{name}", "Ranking: {name}"),
    "statistics_rank": ("名次", "Rank"),
    "statistics_ranking_none": ("这个月没有可排名的数据。", "Nothing to rank in this month."),
    "statistics_unranked": ("{count} 个网点无数据，不排名。", "{count} places without data are not ranked."),
    "statistics_before": ("比上月", "vs. month before"),
    "statistics_year_ago": ("比去年同月", "vs. a year ago"),
    "statistics_before_short": ("上月", "Month before"),
    "statistics_year_ago_short": ("去年同月", "A year ago"),
    "statistics_like_for_like": ("按两期都有数据的 {places} 个网点", "of {places} places known in both"),
    "statistics_incomparable": ("无法比较", "cannot be compared"),
    "statistics_weeks_of": ("每周开放时间", "Opening hours by week"),
    "statistics_weeks_hint": (
        "每周一至周日；跨月的周归入它大部分日子所在的月份。",
        "Monday to Sunday; a week between two months belongs to the one with most of its days.",
    ),
    "statistics_week_hours": ("{open} 小时", "{open} h"),
    "statistics_week_unknown": ("另有 {hours} 小时未知", "{hours} h more unknown"),
    # the form
    "statistics_form": ("{name}业务统计月报表", "{name}: monthly statistics"),
    "statistics_network": ("{name}总分馆", "{name} and its branches"),
    "statistics_form_line": ("统计月份：{month}　　截至：{at}", "Month: {month}    As of: {at}"),
    "statistics_form_closed": (
        "已于 {at} 由 {by} 结账；之后的变化标 †",
        "Closed on {at} by {by}; later changes have a †",
    ),
    "statistics_form_not_over": ("本月未完，为中间数字", "The month is not over: interim figures"),
    "statistics_sheet": ("月报表", "Month"),
    "statistics_remarks": ("说明", "Remarks"),
    "statistics_number": ("序号", "No."),
    "statistics_item": ("指标", "Item"),
    "statistics_this_month": ("本月", "This month"),
    "statistics_foot": (
        "* 可能不完整，原因见说明；≈ 估计值，计数器不分进出，取总数的一半；† 结账后更正；"
        "(k/n) 合计依据 n 个网点中的 k 个。",
        "* may be incomplete, see the remarks; ≈ estimated as half of all passages; † corrected after "
        "closing; (k/n) a total of k out of n places.",
    ),
    "statistics_foot_visits": (
        "进馆人次按门口进入计，含工作人员（计数器不能区分）；续借不计入借出；"
        "读者个数指当月在该网点借过或续借过书的人，合计中一人只计一次。",
        "Visits are entries at the door, staff included, since counters cannot tell; renewals are not loans; "
        "readers are those who borrowed or renewed there in the month, counted once in totals.",
    ),
    "statistics_foot_hours": (
        "开放指自助机在规定开放时间内正常服务；合计的周均为各网点平均。",
        "Open means that the kiosk served within the opening hours; a total's week is the mean of its "
        "places.",
    ),
    "statistics_signed_by": ("填报人：＿＿＿＿＿＿", "Filled in by: ____________"),
    "statistics_checked_by": ("审核人：＿＿＿＿＿＿", "Checked by: ____________"),
    "statistics_signed_on": ("日期：＿＿＿＿＿＿", "Date: ____________"),
    "statistics_page_of": ("第 ", "Page "),
    "statistics_page_slash": (" 页，共 ", " of "),
    "statistics_page_end": (" 页", " "),
    # closing
    "statistics_close": ("结账 {month}", "Close {month}"),
    "statistics_close_hint": (
        "保存所有网点此刻的数字作为上报数。以后补传的记录仍会计入，并标为更正。",
        "Keeps the figures of all places as they are now, as reported. What comes later still counts and is "
        "shown as a correction.",
    ),
    "statistics_close_again": ("以更正后的数字再次结账", "Close again with the corrected figures"),
    "statistics_closed": ("已于 {at} 由 {by} 结账。", "Closed on {at} by {by}."),
    "statistics_not_closed": ("尚未结账。", "Not closed yet."),
    "statistics_corrections": (
        "结账后有 {count} 个网点的数字变了，标 †。",
        "Figures of {count} places have changed since, marked †.",
    ),
    "statistics_not_over": ("这个月还没有结束，不能结账。", "The month is not over: it cannot be closed."),
    "statistics_already_closed": (
        "上次结账后数字没有变化，不用再结账。",
        "Nothing has changed since it was closed: there is no need.",
    ),
    # by hand
    "statistics_enter_title": ("手工填报：{name}", "Enter by hand: {name}"),
    "statistics_enter_hint": (
        "书站数不到的数字：从业务系统或台账抄来。留空表示没有填报，0 表示确实是零。",
        "What no kiosk can count: take it from the library system or the records. Empty means not entered, 0 "
        "means none.",
    ),
    "statistics_enter_save": ("保存", "Save"),
    "statistics_bad_entry": (
        "{item}：请填 0 到 {most} 的整数，或留空。",
        "{item}: enter a whole number from 0 to {most}, or nothing.",
    ),
    "statistics_entered_by": ("{by} 于 {at} 填报", "Entered by {by} on {at}"),
    # the year
    "statistics_year": ("年份", "Year"),
    "statistics_year_standards": ("全年标准", "Standards of the year"),
    "statistics_year_chart": ("各月进馆、借出与归还", "Visits, loans and returns by month"),
    "statistics_year_sum": ("全年", "Year"),
    "statistics_crates": ("流转", "Rotation"),
    "statistics_at_least": ("{amount} / 不少于 {least}", "{amount} / at least {least}"),
    "statistics_crates_came": ("{came}/{stretches} 期有流转", "came in {came} of {stretches} terms"),
    "statistics_crates_unknown": ("{unknown} 期无数据", "{unknown} without data"),
    "action_statistics.enter": ("填报统计数", "Entered statistics"),
    "action_statistics.close": ("统计结账", "Closed a month"),
}
