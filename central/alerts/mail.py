"""Sends one message by e-mail: SMTP with STARTTLS or TLS, and a password where the server wants one.

Tried with aiosmtpd 1.4 (STARTTLS, AUTH LOGIN and PLAIN).
"""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from central.alerts.config import Email, Encryption
from central.alerts.errors import DeliveryError
from central.alerts.words import Message

TIMEOUT_S = 15.0


def letter(message: Message, sender: str, to: Sequence[str]) -> EmailMessage:
    """Pure, but for its identifier."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.title.split())
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(datetime.fromisoformat(message.at))
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, charset="utf-8")
    return mail


def send(channel: Email, to: Sequence[str], message: Message) -> None:
    """DeliveryError says what failed, without password and address."""
    try:
        with _server(channel) as server:
            server.send_message(letter(message, channel.sender, to))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(f"{channel.host}:{channel.port}: {_reason(error)}") from error


@contextmanager
def _server(channel: Email) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=channel.ca or None)
    if channel.encryption is Encryption.TLS:
        opened: smtplib.SMTP = smtplib.SMTP_SSL(
            channel.host, channel.port, timeout=TIMEOUT_S, context=context
        )
    else:
        opened = smtplib.SMTP(channel.host, channel.port, timeout=TIMEOUT_S)
    with opened as server:
        if channel.encryption is Encryption.STARTTLS:
            server.starttls(context=context)
        if channel.user:
            server.login(channel.user, channel.password)
        yield server


def _reason(error: Exception) -> str:
    """Servers like to repeat addresses in their answers: only the code is kept of them."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = sorted({code for code, _ in error.recipients.values()})
            return f"recipients refused ({', '.join(map(str, codes))})"
        case smtplib.SMTPAuthenticationError():
            return f"user or password refused ({error.smtp_code})"
        case smtplib.SMTPResponseException():
            return f"{type(error).__name__} ({error.smtp_code})"
        case ssl.SSLError():
            return f"TLS failed: {error.reason or error.strerror}"
        case OSError():
            return error.strerror or type(error).__name__
    return type(error).__name__
