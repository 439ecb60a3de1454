"""Words of the editor of notices."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "notices_title": ("公告", "Notices"),
    "notices_hint": (
        "显示在自助机待机画面上，按各自的时间自动出现和消失。",
        "Shown on the idle screens of kiosks, each in its own time.",
    ),
    "notices_none": ("还没有公告。", "None yet."),
    "notice_new": ("新公告", "New notice"),
    "notice_edit": ("修改公告", "Change a notice"),
    "notice_save": ("发布", "Publish"),
    "notice_remove": ("删除", "Remove"),
    "notice_audience": ("显示在", "Where"),
    "notice_levels": ("按级别", "By level"),
    "notice_places": ("单个网点", "One place"),
    "notice_title_zh": ("标题（中文）", "Title (Chinese)"),
    "notice_title_en": ("标题（英文，可留空）", "Title (English, may be empty)"),
    "notice_body_zh": ("正文（中文，可留空）", "Text (Chinese, may be empty)"),
    "notice_body_en": ("正文（英文，可留空）", "Text (English, may be empty)"),
    "notice_preview": ("预览", "Preview"),
    "notice_preview_empty": ("填写后在这里显示读者看到的样子", "As readers will see it"),
    "notice_running": ("正在显示", "Shown now"),
    "notice_coming": ("尚未开始", "To come"),
    "notice_over": ("已结束", "Over"),
    "notice_by": ("{name} 发布", "by {name}"),
    "notice_gone": ("这条公告已经删除。", "That notice is gone."),
    "audience_all": ("全部网点", "All places"),
    "audience_main": ("总馆", "Main library"),
    "audience_branch": ("各分馆", "All branches"),
    "audience_point": ("各服务点", "All service points"),
}
