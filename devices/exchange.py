"""Question and answer with a reader on a serial line: deadlines, repeats and stale answers.

Serves `rl866`, `mmm_810` and `uhf_reader18`. An answer repeats little of its question, so a late one could
pass for the next question's. After any question left without an answer the reader is therefore asked
something harmless first: it answers in order, so what comes before that answer is old and dropped. What
frames and statuses mean is told by each driver.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.framing import FrameDecoder
from devices.port import Deadline, LineSettings, Port

F = TypeVar("F")
T = TypeVar("T")

ATTEMPTS = 3
BURST_GAP_S = 0.05
"""Silence after which an unfinished frame stays so; USB adapters pause up to 16 ms."""
ANSWER_S = 0.8
SHORT_ANSWER_S = 0.3
"""For commands that the reader answers without the air."""


class Silent(DeviceLost):
    """No byte came in time; the wire itself is there."""


@dataclass(frozen=True)
class Question(Generic[F]):
    """`answered_by` tells whether a frame answers it; `words` name the act in errors."""

    wire: bytes
    answered_by: Callable[[F], bool]
    words: str
    timeout_s: float = ANSWER_S


class Exchange(Generic[F]):
    def __init__(
        self,
        path: str,
        line: LineSettings,
        decoder: Callable[[], FrameDecoder[F]],
        harmless: Question[F],
        worth_repeating: frozenset[int],
    ) -> None:
        """Open `path`. `harmless` is asked after doubt; refusals `worth_repeating` (statuses) often pass."""
        self.path = path
        self._port = Port(path, line)
        self._new_decoder = decoder
        self._harmless = harmless
        self._worth_repeating = worth_repeating
        self._decoder = decoder()
        self._arrived: deque[F] = deque()
        self._in_doubt = False
        self._owed = 0
        """Harmless questions asked and not answered yet."""

    def close(self) -> None:
        self._port.close()

    def insist(self, act: Callable[[], T]) -> T:
        """What `act` returns, tried again a bounded number of times while that may help."""
        for _ in range(ATTEMPTS - 1):
            try:
                return act()
            except (Silent, BadFrame):
                continue
            except DeviceRefused as refusal:
                if refusal.status not in self._worth_repeating:
                    raise
        return act()

    def settle(self, words: str) -> bool:
        """Make sure that no answer is under way; whether the harmless question had to be asked for it."""
        in_doubt = self._in_doubt
        if in_doubt:
            self._ask_harmless(words)
        return in_doubt

    def _ask_harmless(self, words: str) -> None:
        """Until as many answers came as were asked for: the answer to an earlier harmless question proves
        nothing about what was asked after it. Those that stay out for a whole answer's time are lost."""
        question = Question(self._harmless.wire, self._harmless.answered_by, words, self._harmless.timeout_s)
        self._owed += 1
        self._port.write(question.wire, words)
        self._await_answer(question)
        patient = Question(question.wire, question.answered_by, words, ANSWER_S)
        try:
            while self._owed:
                self._await_answer(patient)
        except (Silent, BadFrame):
            self._owed = 0
        self._in_doubt = False

    def doubt(self) -> None:
        """Something went wrong that only settling puts right."""
        self._in_doubt = True

    def converse(self, question: Question[F]) -> F:
        """One question, one answer: Silent when no byte comes, BadFrame when bytes come but no answer."""
        self.settle(question.words)
        return self._converse(question)

    def another(self, question: Question[F]) -> F:
        """The next answer to the question asked last, where one question has several."""
        self._in_doubt = True
        answer = self._await_answer(question)
        self._in_doubt = False
        return answer

    def understood(self, understand: Callable[[bytes], T], data: bytes, words: str) -> T:
        """`data` as a value; BadFrame where `understand` raises ValueError."""
        try:
            return understand(data)
        except ValueError as error:
            raise BadFrame(self.path, words, str(error)) from error

    def _converse(self, question: Question[F]) -> F:
        self._port.discard_input()
        self._decoder, self._arrived = self._new_decoder(), deque()
        self._in_doubt = True
        self._port.write(question.wire, question.words)
        return self.another(question)

    def _await_answer(self, question: Question[F]) -> F:
        deadline, heard = Deadline(question.timeout_s), False
        while True:
            while self._arrived:
                frame = self._arrived.popleft()
                if self._owed and self._harmless.answered_by(frame):
                    self._owed -= 1
                if question.answered_by(frame):
                    return frame
            if deadline.over:
                raise self._unanswered(question, heard)
            data = self._port.read(min(BURST_GAP_S, deadline.left_s), question.words)
            heard = heard or bool(data)
            self._arrived.extend(self._decoder.feed(data) if data else self._decoder.end_of_burst())

    def _unanswered(self, question: Question[F], heard: bool) -> DeviceLost | BadFrame:
        if heard:
            advice = "what came back is no answer; check speed, cable and model"
            return BadFrame(self.path, question.words, advice)
        advice = f"no answer within {question.timeout_s} s; check cable and power"
        return Silent(self.path, question.words, advice)
