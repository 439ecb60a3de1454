"""Every word on the pages, Chinese first and English second: each page brings its own table in a file here.

A new page adds its file and one line to `PAGES`. A key belongs to one table only (a test sees to it), so let
keys begin with the page's name. `{names}` in a text are filled by `t("key", names=…)`.
"""

from collections.abc import Mapping

from central.web.words import (
    account,
    acts,
    alerts,
    api,
    audit,
    devices,
    disputes,
    enrolment,
    notices,
    overview,
    place,
    settings,
    shared,
    shell,
    statistics,
    users,
)

Texts = Mapping[str, tuple[str, str]]

PAGES: tuple[Texts, ...] = (
    shared.TEXTS,
    shell.TEXTS,
    account.TEXTS,
    overview.TEXTS,
    place.TEXTS,
    users.TEXTS,
    audit.TEXTS,
    alerts.TEXTS,
    acts.TEXTS,
    devices.TEXTS,
    disputes.TEXTS,
    notices.TEXTS,
    statistics.TEXTS,
    api.TEXTS,
    enrolment.TEXTS,
    settings.TEXTS,
)

TEXTS: Texts = {key: text for table in PAGES for key, text in table.items()}
