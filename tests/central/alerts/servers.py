"""A real mail server and a real web server on loopback, which keep what they were sent."""

import json
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from central.alerts.config import Email
from central.enrolment.authority import init_ca, issue
from hardware_sim.processes import free_port

USER, PASSWORD = "shuzhan@example.cn", "geheim-42"


class MailServer:
    """`with MailServer(folder) as server:` wants STARTTLS, then user and password."""

    def __init__(self, folder: Path) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = ""
        certificates = folder / "mail-certificates"
        init_ca(certificates)
        issued = issue(certificates, "broker", server=True, hosts=["127.0.0.1"])
        self.ca = issued.ca
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(issued.certificate, issued.key)
        self.port = free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
        )

    def channel(self, **other: Any) -> Email:
        values: dict[str, Any] = {
            "name": "mail",
            "host": "127.0.0.1",
            "port": self.port,
            "sender": USER,
            "user": USER,
            "password": PASSWORD,
            "ca": str(self.ca),
        }
        return Email(**values | other)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        if self.refuse:
            return self.refuse
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    @staticmethod
    def _authenticate(
        _server: object, _session: object, _envelope: object, _how: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        fine = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=fine, handled=False)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


@dataclass
class Posted:
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class WebServer:
    """`with WebServer() as server:` answers `status` and `answer` to every POST."""

    status: int = 200
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    posted: list[Posted] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def __enter__(self) -> "WebServer":
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                keeper.posted.append(Posted(self.path, dict(self.headers), body))
                self.send_response(keeper.status)
                if 300 <= keeper.status < 400:
                    self.send_header("Location", keeper.url("/elsewhere"))
                self.end_headers()
                self.wfile.write(keeper.answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
