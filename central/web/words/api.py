"""Sentences of REST, and words for what programs do: scopes of tokens, entries of the audit log."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # why somebody is not let in: a key for every `doorkeeper.Refusal`
    "api_unknown": (
        "没有这个路径：GET /api/v1/openapi.json 列出全部路径。",
        "No such path: GET /api/v1/openapi.json lists them.",
    ),
    "api_method": (
        "这个路径不接受该方法：见 GET /api/v1/openapi.json。",
        "This path does not take that method: see GET /api/v1/openapi.json.",
    ),
    "api_nobody": (
        "请登录，或出示有效的令牌：Authorization: Bearer …",
        "Sign in, or send a valid token: Authorization: Bearer …",
    ),
    "api_step": (
        "登录尚未完成：请回到浏览器继续。",
        "Signing in is not finished: go on in the browser.",
    ),
    "api_session": (
        "这里需要有人登录，令牌不行。",
        "This needs somebody signed in: a token will not do.",
    ),
    "api_role": ("您的角色没有这项权限。", "Your role may not do this."),
    "api_place": ("这个网点不在您的范围内。", "This place is not one of yours."),
    "api_purpose": (
        "令牌的用途与此路径不符：/api/v1/reader-cards 只接受用途为 cards 的令牌，该令牌也不能用于别处。",
        "This token is not for this path: /api/v1/reader-cards takes those of scope cards, no others.",
    ),
    "api_size": ("提交的内容太大。", "The body is too large."),
    "api_many": (
        "请求太频繁：请在 {seconds} 秒后再试。",
        "Too many requests: try again in {seconds} s.",
    ),
    # what is wrong with a request
    "api_no_place": (
        "没有网点 {place}：GET /api/v1/places 列出全部网点。",
        "There is no place {place}: GET /api/v1/places lists them.",
    ),
    "api_no_alert": (
        "没有编号为 {number} 的告警：GET /api/v1/alerts 列出全部告警。",
        "There is no alert {number}: GET /api/v1/alerts lists them.",
    ),
    "api_no_silence": (
        "没有编号为 {number} 的静默：GET /api/v1/silences 列出有效的静默。",
        "There is no silence {number}: GET /api/v1/silences lists those that hold.",
    ),
    "api_no_kiosk": (
        "这个网点没有这台自助机：GET /api/v1/places/… 列出它的自助机。",
        "There is no such kiosk at this place: GET /api/v1/places/… lists them.",
    ),
    "api_no_command": (
        "没有这条指令：GET /api/v1/commands 列出全部指令。",
        "There is no such command: GET /api/v1/commands lists them.",
    ),
    "api_no_attachment": (
        "这条指令没有附件，或附件已过期删除。",
        "This command has no attachment, or it was deleted after a month.",
    ),
    "api_no_notice": (
        "没有这条公告：GET /api/v1/notices 列出全部公告。",
        "There is no such notice: GET /api/v1/notices lists them.",
    ),
    "api_decision": ("不能执行：{why}", "Not possible: {why}"),
    "api_range": (
        "{first} 必须早于 {last}，且相差不超过 {days} 天。",
        "{first} must be before {last}, and by no more than {days} days.",
    ),
    "api_mark": (
        "before：应为上一页 Link 头中给出的值。",
        "before: expected what the Link header of the page before gave.",
    ),
    "api_no_cards": (
        "本中心没有签发读者码的密钥：请见中心日志。",
        "This centre has no key for reader codes: see its log.",
    ),
    "api_trouble": (
        "中心暂时无法读写，请稍后再试；详情见中心日志。",
        "The centre cannot read or save at the moment: try again later. Its log says why.",
    ),
    "api_input": ("请检查：{wrong}。", "Check: {wrong}."),
    "wrong_missing": ("缺少 {where}", "{where} is missing"),
    "wrong_extra": ("不认识 {where}", "{where} is not known"),
    "wrong_integer": ("{where} 应为整数", "{where}: expected a whole number"),
    "wrong_truth": ("{where} 应为 true 或 false", "{where}: expected true or false"),
    "wrong_least": ("{where} 应不小于 {ge}", "{where}: expected {ge} or more"),
    "wrong_most": ("{where} 应不大于 {le}", "{where}: expected {le} or less"),
    "wrong_short": (
        "{where} 应不少于 {min_length} 个字符",
        "{where}: expected at least {min_length} characters",
    ),
    "wrong_long": (
        "{where} 应不多于 {max_length} 个字符",
        "{where}: expected at most {max_length} characters",
    ),
    "wrong_choice": ("{where} 应为 {expected}", "{where}: expected {expected}"),
    "wrong_pattern": ("{where} 应符合 {pattern}", "{where}: expected {pattern}"),
    "wrong_date": ("{where} 应为日期，如 2026-11-22", "{where}: expected a date such as 2026-11-22"),
    "wrong_time": (
        "{where} 应为带时区的时间，如 2026-11-22T08:00:00Z",
        "{where}: expected a time with its zone such as 2026-11-22T08:00:00Z",
    ),
    "wrong_json": ("请求体应为 JSON", "the body: expected JSON"),
    "wrong_other": (
        "{where} 与 GET /api/v1/openapi.json 的说明不符",
        "{where} is not as described at GET /api/v1/openapi.json",
    ),
    # tokens and the audit log
    "scope_cards": ("签发读者码", "Sign reader codes"),
    "action_reader_card.sign": ("签发读者码", "Signed a reader code"),
    "action_export.make": ("导出数据", "Exported data"),
}
