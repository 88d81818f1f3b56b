"""What a disk may hold after the power fails at some point of a recorded sequence of writes.

The model, which is that of a journalling file system and no kinder: what was synced is there; of what was not, each
write is there, is not, or is torn at a sector; folder entries changed since the folder was last synced are there up to
some point, in order. The first sync of a new journal also syncs the folder, as SQLite's unix VFS does.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.store.recording import Event

SECTOR = 512


@dataclass
class Inode:
    """A file's content on the platter, and the writes that are still in a cache."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(offset, data), or (size, None) for a truncation."""

    def sync(self) -> None:
        for offset, data in self.pending:
            apply(self.durable, offset, data)
        self.pending.clear()

    def after_cut(self, dice: random.Random) -> bytes:
        content = bytearray(self.durable)
        for offset, data in self.pending:
            fate = dice.choice(("kept", "lost", "torn"))
            if fate == "kept" or (fate == "torn" and data is None):
                apply(content, offset, data)
            elif fate == "torn" and data is not None:
                apply(content, offset, data[: SECTOR * dice.randrange(len(data) // SECTOR + 1)])
        return bytes(content)


def apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset + len(data):
        content.extend(bytes(offset + len(data) - len(content)))
    content[offset : offset + len(data)] = data


class Disk:
    """The state after some events: entries of one folder, and what of it has reached the platter."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.entries = {name: Inode(bytearray(content)) for name, content in files.items()}
        self.durable = dict(self.entries)
        self.pending: list[tuple[str, Inode | None]] = []
        self.acknowledged = 0

    def sync_folder(self) -> None:
        self.durable, self.pending = dict(self.entries), []

    def play(self, event: Event) -> None:
        match event:
            case ("create", str(name)):
                self.entries[name] = Inode()
                self.pending.append((name, self.entries[name]))
            case ("write", str(name), int(offset), bytes(data)):
                self.entries[name].pending.append((offset, data))
            case ("truncate", str(name), int(size)):
                self.entries[name].pending.append((size, None))
            case ("sync", str(name)):
                if any(new is self.entries[name] for _, new in self.pending):
                    self.sync_folder()
                self.entries[name].sync()
            case ("delete", str(name), bool(sync_folder)):
                del self.entries[name]
                self.pending.append((name, None))
                if sync_folder:
                    self.sync_folder()
            case ("acknowledged", int(number)):
                self.acknowledged = number
            case _:
                raise AssertionError(event)

    def cut(self, folder: Path, dice: random.Random) -> None:
        """The power fails: write what is left into a folder."""
        entries: dict[str, Inode | None] = {**self.durable}
        entries |= dict(self.pending[: dice.randrange(len(self.pending) + 1)])
        for old in folder.iterdir():
            old.unlink()
        for name, inode in entries.items():
            if inode is not None:
                (folder / name).write_bytes(inode.after_cut(dice))


def cuts(
    events: Sequence[Event], files: dict[str, bytes], folder: Path, points: Iterable[int], seed: int
) -> Iterable[int]:
    """For each point, in rising order: the folder as it is found again, and the last number acknowledged before it."""
    disk, dice, played = Disk(files), random.Random(seed), 0
    for point in sorted(points):
        for event in events[played:point]:
            disk.play(event)
        played = point
        disk.cut(folder, dice)
        yield disk.acknowledged
