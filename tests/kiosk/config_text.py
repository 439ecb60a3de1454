"""The configuration of a kiosk among the servers of a test, as text."""

from collections.abc import Mapping
from pathlib import Path


def kiosk_toml(
    identity: str,
    *,
    ils_port: int,
    broker_port: int,
    certificates: Path,
    devices: Mapping[str, Path],
    ils: str = "",
    tables: str = "",
) -> str:
    """`devices`: the wire of each model; `ils` are further lines of that table, `tables` further tables."""
    return f"""\
[place]
identity = "{identity}"
name = "麻章区图书馆太平村服务点"
[ils]
host = "127.0.0.1"
port = {ils_port}
user = "kiosk"
password = "mazhang"
institution = "MZ"
location = "mz-taiping-03"
{ils}
[broker]
host = "127.0.0.1"
port = {broker_port}
ca = "{certificates}/ca.crt"
certificate = "{certificates}/{identity}.crt"
key = "{certificates}/{identity}.key"
[journal]
path = "journal.db"
{tables}
""" + "".join(f'[[device]]\nmodel = "{model}"\nport = "{wire}"\n' for model, wire in devices.items())
