"""Signed requests, as OKX asks for them: https://www.okx.com/docs-v5/en/#overview-rest-authentication"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from okxlint.live.credentials import Credential

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def target(path: str, parameters: Mapping[str, str]) -> str:
    """The request target: what is signed is, byte for byte, what is sent.

    Everything but letters, digits and ``-._~`` is percent-encoded as UTF-8, so that nothing on the
    way has a reason to write it otherwise.
    """
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"{path}?{query}" if query else path


def timestamp(milliseconds: int) -> str:
    """An instant, in milliseconds since 1970, as headers have it: ``2020-12-08T09:08:57.715Z``."""
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def signature(secret: str, stamp: str, method: str, request_target: str, body: str = "") -> str:
    """HMAC-SHA256 over timestamp, method, target and body, in Base64."""
    said = f"{stamp}{method}{request_target}{body}".encode()
    return b64encode(hmac.digest(secret.encode(), said, "sha256")).decode()


def headers(credential: Credential, stamp: str, request_target: str) -> dict[str, str]:
    """What authenticates a GET."""
    return {
        "OK-ACCESS-KEY": credential.key,
        "OK-ACCESS-SIGN": signature(credential.secret, stamp, "GET", request_target),
        "OK-ACCESS-TIMESTAMP": stamp,
        "OK-ACCESS-PASSPHRASE": credential.passphrase,
    }
