"""Fetching a page or a feed: bounded in time and size, and never from an address inside the user's own network.

An article may name any address, a server may redirect to any, and a name may resolve to one address when it is
checked and to another when it is used (DNS rebinding). So names are resolved here, once for each hop, every address is
checked, and the connection is made to the address that was checked; the name still goes into the request and is what
the certificate must be for.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.errors import SourceError
from rag.ingest.readers.base import one_line, too_large

if TYPE_CHECKING:
    import httpx

_MOST_REDIRECTS = 8
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_LONGEST_VALIDATOR = 500
_PORTS = {"http": 80, "https": 443}
_HEADERS = {
    "User-Agent": "Dateline (news reader; reads pages its user names)",
    "Accept": "text/html, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server sends to be asked with again, so that it need not answer twice with the same (RFC 9110, 13.1).

    Attributes:
        address: Where they came from; they mean nothing elsewhere.
        etag: Empty when none was sent.
        last_modified: The same.
    """

    address: str = ""
    etag: str = ""
    last_modified: str = ""

    def headers(self, address: str) -> dict[str, str]:
        """Returns what to ask an address with."""
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value and address == self.address}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered.

    Attributes:
        url: Where it came from after redirects.
        kind: Media type in lower case; empty when none is stated.
        charset: Encoding that the server states; empty when none is.
        validators: To ask with the next time.
        is_unchanged: Whether the server says that nothing has changed; then there is no data.
    """

    url: str
    data: bytes
    kind: str = ""
    charset: str = ""
    validators: Validators = Validators()
    is_unchanged: bool = False


class Web:
    """Fetches addresses, one at a time.

    Proxies that the environment names are not used: behind one it could not be told where a connection leads.

    Args:
        limit: Largest answer in bytes, unpacked.
        seconds: Time for the whole transfer, redirects included.
        allow_private: Whether addresses of this machine and of private networks may be fetched.
    """

    def __init__(self, *, limit: int, seconds: float = 30.0, allow_private: bool = False) -> None:
        self._limit = limit
        self._seconds = seconds
        self._allow_private = allow_private

    def fetch(self, url: str, validators: Validators | None = None) -> Fetched:
        """Fetches an address.

        Args:
            url: The address.
            validators: What came with the last answer, if nothing is wanted when it still holds.

        Raises:
            SourceError: It is refused, does not answer in time, or answers with an error or with too much.
        """
        done: list[Fetched | BaseException] = []

        def work() -> None:
            try:
                done.append(self._follow(url, validators or Validators()))
            except BaseException as error:  # raised again where it can be handled
                done.append(error)

        # In a thread of its own, since neither a slow name server nor a server that sends a header byte by byte
        # runs into any of the time-outs of a connection.
        thread = threading.Thread(target=work, name="dateline-fetch", daemon=True)
        thread.start()
        thread.join(self._seconds)
        if not done:
            raise self._too_slow()
        if isinstance(done[0], BaseException):
            raise done[0]
        return done[0]

    def _too_slow(self) -> SourceError:
        return SourceError(f"did not answer in full within {self._seconds:g} seconds")

    def _follow(self, url: str, validators: Validators) -> Fetched:
        import httpx

        deadline = time.monotonic() + self._seconds
        try:
            with httpx.Client(trust_env=False, headers=_HEADERS) as client:
                for _ in range(_MOST_REDIRECTS + 1):
                    found = self._hop(client, url, deadline, validators)
                    if isinstance(found, Fetched):
                        return found
                    url = found
        except httpx.TimeoutException as error:
            raise self._too_slow() from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, zlib.error) as error:
            raise SourceError(f"cannot be fetched: {one_line(str(error)) or type(error).__name__}") from error
        raise SourceError(f"redirects more than {_MOST_REDIRECTS} times")

    def _hop(self, client: httpx.Client, url: str, deadline: float, validators: Validators) -> Fetched | str:
        """Returns the answer, or the address that it redirects to."""
        import httpx

        target = httpx.URL(url)
        if target.scheme not in _PORTS or not target.host:
            raise SourceError("is no address of the web; only http and https are fetched")
        if target.userinfo:
            raise SourceError("holds a user name or password; only public pages are fetched")
        host = target.raw_host.decode("ascii")
        address_of = str(target.copy_with(fragment=None))
        asked_with = validators.headers(address_of)
        error: Exception = SourceError("has no address")
        for address in self._resolve(host, target.port or _PORTS[target.scheme]):
            left = max(0.1, deadline - time.monotonic())
            request = client.build_request(
                "GET",
                target.copy_with(host=str(address), fragment=None),
                headers={"Host": target.netloc.decode("ascii"), **asked_with},
                timeout=left,
                extensions={"sni_hostname": host},
            )
            try:
                response = client.send(request, stream=True, follow_redirects=False)
            except httpx.ConnectError as refused:
                error = refused
                continue
            try:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return str(target.join(response.headers["location"]))
                if response.status_code == _NOT_MODIFIED and asked_with:
                    return Fetched(address_of, b"", validators=validators, is_unchanged=True)
                if not response.is_success:
                    raise SourceError(
                        f"answers with {response.status_code} {one_line(response.reason_phrase)}".rstrip()
                    )
                kind, _, _ = response.headers.get("content-type", "").partition(";")
                data = b"".join(self._body(response, deadline))
                stated = (_validator(response.headers.get(name, "")) for name in ("etag", "last-modified"))
                charset = response.charset_encoding or ""
                return Fetched(address_of, data, kind.strip().lower(), charset, Validators(address_of, *stated))
            finally:
                response.close()
        raise error

    def _resolve(self, host: str, port: int) -> list[_Address]:
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise SourceError(f"cannot be fetched: {host} is not known") from error
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not self._allow_private:
            addresses = [address for address in addresses if is_public(address)]
            if not addresses:
                raise SourceError(
                    "leads to this machine or a private network; it is fetched only with allow_private_addresses"
                )
        return list(dict.fromkeys(addresses))

    def _body(self, response: httpx.Response, deadline: float) -> Iterator[bytes]:
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
            raise SourceError(f"is sent in an encoding that was not asked for, {one_line(encoding)[:40]}")
        unpacker = zlib.decompressobj(47) if encoding not in ("identity", "") else None  # 47: zlib or gzip
        left = self._limit
        for chunk in response.iter_raw():
            data = unpacker.decompress(chunk, left + 1) if unpacker else chunk
            left -= len(data)
            if left < 0:
                raise SourceError(too_large(self._limit))
            if time.monotonic() > deadline:
                raise self._too_slow()
            yield data


def _validator(value: str) -> str:
    """Returns a header that can be sent back as it came; what cannot counts as not sent."""
    return value if value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""


def is_public(address: _Address) -> bool:
    """Returns whether an address is one of the public internet, with those that wrap another judged by that."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(is_public(inner) for inner in wrapped if inner is not None):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast and not address.is_reserved
