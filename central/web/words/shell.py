"""Words of the frame around every page: sections, refusals."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "sections": ("栏目", "Sections"),
    "section_overview": ("总览", "Overview"),
    "section_alerts": ("告警", "Alerts"),
    "section_devices": ("设备", "Devices"),
    "section_disputes": ("争议", "Disputes"),
    "section_statistics": ("统计", "Statistics"),
    "section_notices": ("公告", "Notices"),
    "section_users": ("用户", "Users"),
    "section_audit": ("审计", "Audit log"),
    "my_account": ("我的账号", "My account"),
    "sign_out": ("退出", "Sign out"),
    "back": ("返回总览", "Back to the overview"),
    "refused": ("不能打开", "Not possible"),
    "refused_role": (
        "您的账号没有这项权限。需要时请联系总馆管理员。",
        "Your account may not do this. Ask an administrator of the main library if you need to.",
    ),
    "refused_place": (
        "这个网点不在您的账号范围内。需要时请联系总馆管理员。",
        "This place is not one of yours. Ask an administrator of the main library if you need it.",
    ),
    "refused_unknown": ("没有这个页面。", "There is no such page."),
    "refused_no_place": (
        "没有编号为 {place} 的网点，请从总览中选择。",
        "No place has the id {place}: choose one from the overview.",
    ),
    "refused_form": (
        "表单已过期或不是从本站发出的，请返回重新填写。",
        "The form has expired or did not come from this site. Go back and fill it in again.",
    ),
    "refused_size": ("提交的内容太大。", "What was sent is too large."),
    "refused_input": ("填写的内容有误，请返回检查：{fields}。", "Check what you filled in: {fields}."),
    "refused_trouble": (
        "中心暂时无法保存，请稍后再试；详情见中心日志。",
        "The centre cannot save at the moment: try again later. Its log says why.",
    ),
    "refused_reading": (
        "中心暂时读不出数据，请稍后再试；一直如此请告知技术员，原因见中心日志。",
        "The centre cannot read its data at the moment: try again later. If it stays, tell the technician; "
        "the log says why.",
    ),
    "refused_fault": (
        "这个页面出错了，请再试一次；一直如此请告知技术员，原因见中心日志。",
        "This page failed: try again. If it stays, tell the technician; the log says why.",
    ),
    "try_again": ("再试一次", "Try again"),
    "no_longer_allowed": ("登录已失效或权限已变更。", "You are signed out, or your role has changed."),
}
