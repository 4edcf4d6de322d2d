"""One page over HTTPS: bounded in size and time, and from where it was asked for or not at all."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request

_MAX_BYTES = 256 * 1024
_GONE = (404, 410)


class UnreachableError(Exception):
    """Nobody answered, or with nothing that is an answer."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def fetch(address: str, *, timeout: float, context: ssl.SSLContext | None = None) -> str:
    """Return the text at an address; empty if there is no such page.

    Parameters
    ----------
    timeout : float
        Seconds for the whole of it.
    context : ssl.SSLContext, optional
        Whose certificates to trust; the system's unless given.

    Raises
    ------
    UnreachableError
        Nobody answered in time, or with something else than a page of at most 256 KiB.
    """
    context = context or ssl.create_default_context()
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect())
    end = time.monotonic() + timeout
    data = bytearray()
    try:
        with opener.open(address, timeout=timeout) as answer:
            while chunk := answer.read1(65536):
                data += chunk
                if len(data) > _MAX_BYTES:
                    raise UnreachableError("the answer is too long for a list of keys")
                if time.monotonic() > end:
                    raise UnreachableError(f"the answer took longer than {timeout:g} s")
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _GONE:
            return ""
        raise UnreachableError(f"the answer was HTTP {error.code}") from None
    except urllib.error.URLError as error:
        raise UnreachableError(str(error.reason)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(str(error) or type(error).__name__) from None
    return data.decode(errors="replace")
