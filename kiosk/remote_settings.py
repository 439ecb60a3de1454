"""A configuration with what the centre changed from afar: of all its keys those of `Settings`."""

import msgspec

from broker_config.from_centre import Settings
from broker_config.toml import ConfigError
from kiosk.config import Config


def with_settings(config: Config, settings: Settings) -> Config:
    """ConfigError when the result would not be one that the kiosk itself would take from its file."""
    tables: dict[str, dict[str, object]] = {
        "visit": {"idle_s": settings.idle_s, "warning_s": settings.warning_s},
        "offline": {"policy": settings.offline, "loans": settings.offline_loans},
        "door": {"open": settings.open, "closed_days": settings.closed_days},
    }
    changed = {}
    for name, values in tables.items():
        chosen = {key: value for key, value in values.items() if value is not None}
        changed[name] = msgspec.structs.replace(getattr(config, name), **chosen)
    config = msgspec.structs.replace(config, **changed)
    if config.visit.warning_s >= config.visit.idle_s:
        raise ConfigError(f"the centre's warning_s: expected less than idle_s ({config.visit.idle_s:g})")
    try:
        _ = config.opening_hours
    except ValueError as error:
        raise ConfigError(f"the centre's open: {error}") from error
    return config
