"""Time-stamps of an authority (RFC 3161), asked for over HTTP, and checked."""

import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from calib.errors import InputError
from calib.signing.credentials import common_name
from calib.signing.trust import Trust, as_certificate, context, revocation
from calib.signing.waiting import waited

_SECONDS = 20
_LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class TimeStamps:
    """An authority for time-stamps."""

    url: str

    @cached_property
    def client(self) -> Any:
        """Return it as pyHanko asks one."""
        from asn1crypto import cms, tsp
        from pyhanko.sign.timestamps import TimeStamper
        from pyhanko.sign.timestamps.common_utils import TimestampRequestError

        ask, url = self._ask, self.url

        class Client(TimeStamper):
            async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
                return tsp.TimeStampResp.load(ask(req.dump()))

            async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
                try:
                    return await super().async_timestamp(message_digest, md_algorithm)
                except InputError:  # told by `_ask`
                    raise
                except (TimestampRequestError, ValueError, TypeError) as error:
                    msg = f"time-stamp authority {url}: gave no time-stamp ({error}); nothing was signed"
                    raise InputError(msg) from None

        return Client()  # type: ignore[no-untyped-call]

    def token(self, data: bytes) -> bytes:
        """Return a time-stamp over the SHA-256 of `data`, in DER."""
        made = waited(self.client.async_timestamp(hashlib.sha256(data).digest(), "sha256"))
        return bytes(made.dump())

    def _ask(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        asked = urllib.request.Request(self.url, data=request, headers=headers)  # noqa: S310 - checked by the file
        try:
            with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310
                return bytes(answer.read(_LARGEST_ANSWER))
        except (urllib.error.URLError, OSError) as error:
            msg = f"time-stamp authority {self.url}: cannot be reached ({error}); nothing was signed"
            raise InputError(msg) from None


@dataclass(frozen=True)
class Stamp:
    """A time-stamp, checked."""

    time: datetime
    by: str
    wrong: str
    """Why it proves nothing; empty where it does, as far as authorities are known."""


def checked_token(token: bytes, data: bytes, trust: Trust | None) -> Stamp:
    """Return what a time-stamp in DER says of `data`; raise `ValueError` where it cannot be read."""
    from asn1crypto import cms
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus

    signed = cms.ContentInfo.load(token)["content"]
    found = waited(
        validate_tst_signed_data(
            signed, context(trust.authorities if trust else ()), lambda name: hashlib.new(name, data).digest()
        )
    )
    return checked_stamp(TimestampSignatureStatus(**found), trust)


def checked_stamp(status: Any, trust: Trust | None) -> Stamp:
    """Return a time-stamp as pyHanko has judged it."""
    certificate = as_certificate(status.signing_cert)
    by = common_name(certificate)
    wrong = ""
    if not (status.intact and status.valid):
        wrong = "its time-stamp does not hold"
    elif trust is not None and trust.authorities:
        if not status.trusted:
            wrong = f"its time-stamp is by {by}, for whom no authority of the laboratory vouches"
        elif why := revocation(certificate, (), trust, status.timestamp, proven=False).why:
            wrong = f"its time-stamp proves nothing: {why}"
    return Stamp(status.timestamp, by, wrong)
