"""What a village's kiosk and centre are told in their configuration files."""

KIOSK_TOML = """\
[place]
identity = "{identity}"
name = "{name}"
phone = "0759-0000000"
[screen]
width_px = {width_px}
height_px = {height_px}
width_mm = {width_mm}
automation_port = {automation_port}
[visit]
{visit}
[ils]
host = "127.0.0.1"
port = {ils_port}
user = "kiosk"
password = "mazhang"
institution = "MZ"
location = "{place}"
reply_timeout_s = {reply_timeout_s}
pin_required = {pin_required}
{power}[offline]
policy = "{offline}"
[broker]
host = "127.0.0.1"
port = {broker_port}
ca = "certificates/ca.crt"
certificate = "certificates/{identity}.crt"
key = "certificates/{identity}.key"
[journal]
path = "kiosk/journal.db"
[staff]
salt = "mazhang-demo"
codes = ["54770dbedd595a5d844c13426245f9d63215d040c1ca40f16aba3f083d35498c"]
[[device]]
model = "feig_obid"
port = "{wires}/kiosk-pad"
[[device]]
model = "pn532"
port = "{wires}/kiosk-nfc"
[[device]]
model = "serial_scanner"
port = "{wires}/kiosk-scanner"
[[device]]
model = "escpos"
port = "{wires}/kiosk-printer"
[[device]]
model = "modbus_counter"
port = "{wires}/kiosk-counter"
"""


POWER_TOML = """\
[power]
online = "{wires}/{mains}"
command = ["{python}", "-c", "open('{said}', 'w')"]
{times}
"""

CENTRE_TOML = """\
[web]
port = {web_port}
[broker]
host = "127.0.0.1"
port = {broker_port}
ca = "certificates/ca.crt"
cert = "certificates/centre.crt"
key = "certificates/centre.key"
[store]
url = "sqlite:centre.db"
[places]
file = "{places}"
[enrolment]
ca = "certificates"
pid_file = "broker/mosquitto.pid"
"""
