"""Words for alerts: what the audit log names. Those of the rules are in `central/alerts/rules.py`."""

TEXTS = {
    "action_alert.silence": ("静默告警", "Alerts silenced"),
    "action_alert.end_silence": ("结束静默", "Silence ended"),
    "action_alert.acknowledge": ("认领告警", "Alert acknowledged"),
    "action_maintenance.plan": ("安排维护", "Maintenance planned"),
    "action_maintenance.end": ("结束维护", "Maintenance ended"),
}
