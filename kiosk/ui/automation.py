"""Eyes for tests and stories: answers on a loopback socket where a finger could touch and what stands there.

One JSON object a line, each way. It only looks: touches come from outside (xdotool), as a reader's would.
Off unless a port is given. Requests: {"do": "wait_settled"}, {"do": "targets"}, {"do": "screen"},
{"do": "screenshot", "path": …}; an answer with "error" says what was wrong.
"""

import json
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.ui.look import screen_of, targets_of
from kiosk.ui.stage import Stage

DEADLINE_S = 10.0
QUIET_FRAMES = 2
SOON_S = 0.2

Answer = dict[str, Any]


@dataclass
class _Question:
    request: Answer
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Answer = field(default_factory=dict)
    given_up: bool = False


class Automation:
    """Serves until `close`; every question is answered by the screen's own thread."""

    def __init__(self, stage: Stage, port: int, pending: Callable[[], bool]) -> None:
        """`port` 0 takes a free one. `pending` tells whether a view waits to be painted."""
        self._stage = stage
        self._pending = pending
        self._quiet_frames = 0
        self._lock = threading.Lock()
        self._questions: list[_Question] = []
        self._server = _Server(("127.0.0.1", port), self.ask)
        self.port: int = self._server.server_address[1]
        Window.bind(on_flip=self._on_flip)
        self._frames = Clock.schedule_interval(self._on_frame, 0)
        threading.Thread(target=self._server.serve_forever, name="automation", daemon=True).start()

    def close(self) -> None:
        self._frames.cancel()
        Window.unbind(on_flip=self._on_flip)
        self._server.shutdown()
        self._server.server_close()

    def ask(self, request: Answer) -> Answer:
        """Called from a connection's thread; waits for the screen's."""
        question = _Question(request)
        with self._lock:
            self._questions.append(question)
        if question.answered.wait(DEADLINE_S):
            return question.answer
        question.given_up = True
        return {"error": f"{request.get('do')}: no answer in {DEADLINE_S:g} s; does the screen settle?"}

    # -- in the screen's thread

    def _on_flip(self, *_: object) -> None:
        self._quiet_frames = -1

    def _on_frame(self, _: float) -> None:
        self._quiet_frames += 1
        with self._lock:
            asked, self._questions = self._questions, []
        early = [question for question in asked if not question.given_up and not self._reply(question)]
        with self._lock:
            self._questions = early + self._questions

    def _reply(self, question: "_Question") -> bool:
        answer = self._answer(question.request)
        if answer is None:
            return False
        question.answer = answer
        question.answered.set()
        return True

    def _answer(self, request: Answer) -> Answer | None:
        """None while it is too early to tell."""
        match request:
            case {"do": "wait_settled"}:
                return {"settled": True} if self._settled() else None
            case {"do": "targets"}:
                return targets_of(self._stage)
            case {"do": "screen"}:
                return screen_of(self._stage)
            case {"do": "screenshot", "path": str(path)}:
                if not Path(path).parent.is_dir():
                    return {"error": f"screenshot: no folder {Path(path).parent}"}
                # not Window.screenshot: it renames the file and skews odd widths
                self._stage.export_to_png(path)
                return {"path": path}
        return {"error": "do is one of wait_settled, targets, screen, screenshot (with path)"}

    def _settled(self) -> bool:
        return (
            self._quiet_frames >= QUIET_FRAMES
            and not self._pending()
            and not self._stage.deaf
            and not self._stage.settling
            and not Animation._instances
            and not any(_soon(event) for event in Clock.get_events())
        )


def _soon(event: Any) -> bool:
    """A one-shot that may still change the picture."""
    return not event.loop and event.timeout - (Clock.get_time() - event._last_dt) < SOON_S


class _Connection(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        for line in self.rfile:
            try:
                request = json.loads(line)
            except ValueError:
                request = {}
            answer = self.server.ask(request if isinstance(request, dict) else {})
            self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], ask: Callable[[Answer], Answer]) -> None:
        super().__init__(address, _Connection)
        self.ask = ask
