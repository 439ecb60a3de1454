"""Who may ask the panel for something: its own page, opened on this machine. Pure.

A page of another site that is open in the same browser could otherwise pull plugs here: it can reach
loopback, but it cannot take another origin, nor this Host once a name of its own was bound to 127.0.0.1.
"""

from collections.abc import Mapping

HOSTS = ("127.0.0.1", "localhost")
JSON = "application/json"


def refusal(method: str, headers: Mapping[str, str], port: int) -> str | None:
    """Why the request is turned away, in one sentence; None when it may pass."""
    hosts = [f"{host}:{port}" for host in HOSTS]
    if headers.get("Host") not in hosts:
        return f"请用本机地址打开 / open the panel as http://{hosts[0]}"
    if method != "POST":
        return None
    if headers.get("Origin") not in [f"http://{host}" for host in hosts]:
        return "只接受本页面的操作 / only the panel's own page may do that"
    if headers.get("Content-Type", "").partition(";")[0].strip() != JSON:
        return f"请求应为 JSON / expected {JSON}"
    return None
