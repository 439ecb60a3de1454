"""Words of the audit log: its page, and every act that is written down."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "audit_title": ("审计记录", "Audit log"),
    "audit_hint": (
        "谁在何时做了什么。记录只增不改，前后相连；每一条的校验值都包含上一条。",
        "Who did what and when. Entries are only ever added; the checksum of each covers the one before.",
    ),
    "audit_whole": ("记录完整：共 {n} 条。", "Unbroken: {n} entries."),
    "audit_broken": ("第 {n} 条起记录被改动过！", "Entries from number {n} on have been tampered with!"),
    "audit_at": ("时间", "When"),
    "audit_actor": ("操作人", "Who"),
    "audit_action": ("操作", "What"),
    "audit_subject": ("对象", "About"),
    "audit_details": ("详情", "Details"),
    "audit_address": ("来源地址", "From"),
    "audit_any": ("全部", "Any"),
    "audit_filter": ("筛选", "Filter"),
    "audit_older": ("更早", "Older"),
    "audit_none": ("没有符合条件的记录。", "No entries match."),
    "audit_since": ("从", "From day"),
    "audit_until": ("到", "To day"),
    # acts
    "action_session.sign_in": ("登录", "Signed in"),
    "action_session.refused": ("登录被拒", "Sign-in refused"),
    "action_session.sign_out": ("退出", "Signed out"),
    "action_session.sign_out_everywhere": ("在所有设备上退出", "Signed out everywhere"),
    "action_account.add": ("添加账号", "Account added"),
    "action_account.change": ("修改账号", "Account changed"),
    "action_account.reset": ("重置密码", "Password reset"),
    "action_account.disable": ("停用账号", "Account disabled"),
    "action_account.enable": ("启用账号", "Account enabled"),
    "action_account.password": ("修改密码", "Password changed"),
    "action_account.factor": ("设置两步验证", "Second factor set up"),
    "action_account.recovery": ("使用恢复码", "Recovery code used"),
    "action_token.make": ("创建令牌", "Token made"),
    "action_token.revoke": ("撤销令牌", "Token revoked"),
}
