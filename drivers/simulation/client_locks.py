"""Locks that clients take on an instrument, the same for all its wires (IVI-6.1, 4; VXI-11, B.6.11)."""

import threading
import time


class ClientLocks:
    """One exclusive lock, or one shared by clients that name the same key."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._exclusive: object | None = None
        self._shared: set[object] = set()
        self._key = ""

    @property
    def held(self) -> bool:
        """Whether anybody holds the instrument exclusively."""
        return self._exclusive is not None

    @property
    def free(self) -> bool:
        """Whether nobody holds a lock of any kind."""
        return self._exclusive is None and not self._shared

    @property
    def holders(self) -> int:
        """How many clients hold a lock of any kind."""
        return len(self._shared | ({self._exclusive} if self._exclusive is not None else set()))

    def holds(self, owner: object, key: str = "") -> bool:
        """Return whether a client holds the exclusive lock, or with a `key` a shared one."""
        return owner in self._shared if key else self._exclusive is owner

    def may(self, owner: object) -> bool:
        """Return whether a client may use the instrument now."""
        if self._exclusive is not None:
            return self._exclusive is owner
        return not self._shared or owner in self._shared

    def wait_for_turn(self, owner: object, timeout_s: float | None = None) -> bool:
        """Wait until a client may use the instrument; return whether that came in machine time."""
        if self.free:
            return True
        with self._turn:
            return self._turn.wait_for(lambda: self.may(owner), timeout_s)

    def take(self, owner: object, timeout_s: float, key: str = "") -> bool:
        """Lock the instrument, exclusively without a `key`; return whether that came in machine time."""
        deadline = time.monotonic() + timeout_s
        with self._turn:
            while not self._free_for(owner, key):
                left_s = deadline - time.monotonic()
                if left_s <= 0 or not self._turn.wait(left_s):
                    if self._free_for(owner, key):
                        break
                    return False
            if key:
                self._shared.add(owner)
                self._key = key
            else:
                self._exclusive = owner
            return True

    def release(self, owner: object) -> str:
        """Give up a client's lock, the exclusive one first; return which it was, empty for none."""
        with self._turn:
            kind = ""
            if self._exclusive is owner:
                self._exclusive, kind = None, "exclusive"
            elif owner in self._shared:
                self._shared.discard(owner)
                kind = "shared"
            self._turn.notify_all()
            return kind

    def forget(self, owner: object) -> None:
        """Give up all that a client holds: it is gone."""
        while self.release(owner):
            pass

    def clear(self) -> None:
        """Give up all locks."""
        with self._turn:
            self._exclusive = None
            self._shared.clear()
            self._turn.notify_all()

    def _free_for(self, owner: object, key: str) -> bool:
        if self._exclusive is not None:
            return False
        if not key:
            return self._shared <= {owner}
        return not self._shared or (key == self._key and owner not in self._shared)
