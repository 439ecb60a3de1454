"""Who may use the centre: accounts, passwords, second factor, sessions, API tokens, and the audit log.

Rules are pure (`roles`, `passwords`, `lockout`, `second_factor`); what is kept lies in tables of the Office.
The web (`central/web`) asks `entrance` to let people in and `sessions` and `tokens` who is asking; nothing
here knows HTTP. Every change by anyone is written down by `audit.record` in the change's own transaction.
"""
