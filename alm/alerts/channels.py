"""By which channel: ntfy, mail, the desktop, or a command of the household's own. Each refusal is one sentence."""

from __future__ import annotations

import shlex
import smtplib
import subprocess
from collections.abc import Callable
from email.message import EmailMessage

from alm.errors import AlmError
from alm.language import t
from alm.settings import Settings, smtp_password

TIMEOUT_SECONDS = 20


class ChannelFailed(AlmError):
    """A channel could not deliver; the others were still tried."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(
            t("The alert could not be sent by {channel}: {reason}.", channel=t(channel), reason=reason.rstrip("."))
        )


Send = Callable[[Settings, str, str], None]


def send(settings: Settings, title: str, body: str) -> tuple[str, ...]:
    """Send by every channel that is set; the sentences of those that failed. At least one must be set."""
    chosen = [channel for is_set, channel in _channels(settings) if is_set]
    if not chosen:
        return (
            t(
                "No alert channel is set; see `alm settings`: alert_ntfy_url, alert_mail_to, alert_desktop, "
                "alert_command."
            ),
        )
    failures: list[str] = []
    for channel in chosen:
        try:
            channel(settings, title, body)
        except ChannelFailed as failure:
            failures.append(str(failure))
    return tuple(failures)


def _channels(settings: Settings) -> tuple[tuple[bool, Send], ...]:
    return (
        (bool(settings.alert_ntfy_url), ntfy),
        (bool(settings.alert_mail_to), mail),
        (settings.alert_desktop, desktop),
        (bool(settings.alert_command), command),
    )


def ntfy(settings: Settings, title: str, body: str) -> None:
    """POST to an ntfy topic; the title travels in the JSON body, so that it may hold any letters."""
    import requests

    base, _, topic = settings.alert_ntfy_url.rstrip("/").rpartition("/")
    try:
        answer = requests.post(base, json={"topic": topic, "title": title, "message": body}, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise ChannelFailed("ntfy", _reason(error)) from None


def _reason(error: Exception) -> str:
    return type(error).__name__ if not str(error) else str(error).splitlines()[0]


def mail(settings: Settings, title: str, body: str) -> None:
    """SMTP to `alert_smtp` (host:port): STARTTLS when the server offers it, a login when there is a password."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = title, settings.alert_mail_from, settings.alert_mail_to
    message.set_content(body)
    host, _, port = settings.alert_smtp.partition(":")
    password = smtp_password()
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=TIMEOUT_SECONDS) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
            if password:
                server.login(settings.alert_mail_from, password)
            server.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise ChannelFailed("mail", _reason(error)) from None


def desktop(_settings: Settings, title: str, body: str) -> None:
    _run("the desktop", ["notify-send", "--urgency=critical", title, body])


def command(settings: Settings, title: str, body: str) -> None:
    """The household's own command, split like a shell would and run without one; title and body are its last words."""
    _run("the command", [*shlex.split(settings.alert_command), title, body])


def _run(name: str, words: list[str]) -> None:
    try:
        done = subprocess.run(words, timeout=TIMEOUT_SECONDS, capture_output=True, text=True, check=False)  # noqa: S603  # the household's own words, no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ChannelFailed(name, _reason(error)) from None
    if done.returncode:
        raise ChannelFailed(name, t("it ended with status {returncode}", returncode=done.returncode))
