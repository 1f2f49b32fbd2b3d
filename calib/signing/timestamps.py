"""Time-stamps of an authority (RFC 3161), asked for over HTTP."""

import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from calib.errors import InputError

_SECONDS = 20
_LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class TimeStamps:
    """An authority for time-stamps."""

    url: str

    @cached_property
    def client(self) -> Any:
        """Return it as pyHanko asks one."""
        from asn1crypto import tsp
        from pyhanko.sign.timestamps import TimeStamper

        ask = self._ask

        class Client(TimeStamper):
            async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
                return tsp.TimeStampResp.load(ask(req.dump()))

        return Client()  # type: ignore[no-untyped-call]

    def _ask(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        asked = urllib.request.Request(self.url, data=request, headers=headers)  # noqa: S310 - checked by the file
        try:
            with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310
                return bytes(answer.read(_LARGEST_ANSWER))
        except (urllib.error.URLError, OSError) as error:
            msg = f"time-stamp authority {self.url}: cannot be reached ({error}); nothing was signed"
            raise InputError(msg) from None
