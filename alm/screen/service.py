"""What a service manager wants to hear: that the page answers, and, again and again, that it still does.

The protocol is systemd's sd_notify(3): datagrams to the socket named in the environment. Without one nothing is sent.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from alm.settings import notify_socket, watchdog_seconds


def notify(message: str, address: str) -> None:
    """One datagram; `@name` is an abstract socket. A service manager that went away is not this page's problem."""
    path = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender, suppress(OSError):
        sender.sendto(message.encode(), path)


async def answers(port: int) -> bool:
    """Whether the health page is served on the port."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /_stcore/health HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        await writer.drain()
        status = await reader.readline()
        writer.close()
    except OSError:
        return False
    return b" 200 " in status


async def report(port: int, address: str, interval: float) -> None:
    """READY once the page answers, then WATCHDOG as long as it does."""
    while not await answers(port):
        await asyncio.sleep(0.1)
    notify("READY=1", address)
    while interval:
        await asyncio.sleep(interval)
        if await answers(port):
            notify("WATCHDOG=1", address)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """For the server's whole life: tell the service manager, if there is one."""
    from streamlit import config

    address = notify_socket()
    if address is None:
        yield
        return
    task = asyncio.create_task(report(int(config.get_option("server.port")), address, watchdog_seconds() / 2))
    try:
        yield
    finally:
        notify("STOPPING=1", address)
        task.cancel()
