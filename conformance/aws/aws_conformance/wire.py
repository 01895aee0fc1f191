"""Requests as bytes: signed by botocore's signer, sent by the standard library, never checked on the way out.

botocore's client refuses some bad requests itself; what must reach the server is sent from here. Everything that a
test wants to get wrong (date, scope, signed headers, body) is a member of `Signing` or `Request`.
"""

from __future__ import annotations

import datetime
import http.client
import json
import ssl
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .model import SERVICE, Model

REQUEST_SECONDS_MAX = 60
# AWS throttles; a suite that gives up at the first refusal would measure the quota.
THROTTLED_TRIES_MAX = 8
THROTTLED_CODES = frozenset({"ThrottlingException", "ServiceUnavailable"})


@dataclass(frozen=True)
class Signing:
    """Who signs, and for what."""

    access_key: str
    secret_key: str
    region: str
    service: str = SERVICE
    session_token: str | None = None
    # Seconds by which the clock of the signer is ahead.
    ahead_seconds: int = 0


@dataclass(frozen=True)
class Request:
    """One request before it is signed, and what is done to it after."""

    body: bytes
    headers: dict[str, str]
    method: str = "POST"
    path: str = "/"
    # Signed in the headers (as SDKs do), in the query string (a presigned URL), or not at all.
    signed: str = "headers"
    # Headers added after the signature; a name may come twice.
    unsigned_headers: tuple[tuple[str, str], ...] = ()
    # Headers taken away again after the signature.
    removed_headers: frozenset[str] = frozenset()
    lower_case_names: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def parsed(self) -> Any:
        """The body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def code(self) -> str | None:
        """The error code as SDKs read it, or None for a success."""
        if self.status == 200:
            return None
        parsed = self.parsed
        kind = parsed.get("__type") if isinstance(parsed, dict) else None
        if not isinstance(kind, str):
            return str(self.status)
        return kind.split(":", 1)[0].rsplit("#", 1)[-1]

    @property
    def message(self) -> str:
        """The sentence of an error."""
        parsed = self.parsed
        return str(parsed.get("Message", "")) if isinstance(parsed, dict) else ""

    def __str__(self) -> str:
        return f"{self.status} {self.body[:600].decode('utf-8', 'replace')}"


@dataclass(frozen=True)
class Ready:
    """A request that is signed, or not, and only bytes now."""

    method: str
    target: str
    body: bytes
    headers: list[tuple[str, str]]

    def with_header(self, name: str, value: str) -> Ready:
        """The same with another value of a header."""
        others = [(other, old) for other, old in self.headers if other != name]
        return replace(self, headers=[*others, (name, value)])

    def and_header(self, name: str, value: str) -> Ready:
        """The same with one header more."""
        return replace(self, headers=[*self.headers, (name, value)])


class _Signer(SigV4Auth):
    """botocore's signer with a clock that a test can move."""

    def __init__(self, signing: Signing) -> None:
        credentials = Credentials(signing.access_key, signing.secret_key, signing.session_token)
        super().__init__(credentials, signing.service, signing.region)
        self._ahead = datetime.timedelta(seconds=signing.ahead_seconds)

    def add_auth(self, request: AWSRequest) -> None:
        moment = datetime.datetime.now(datetime.UTC) + self._ahead
        request.context["timestamp"] = moment.strftime(SIGV4_TIMESTAMP)
        self._modify_request_before_signing(request)
        text = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(text, request))


class Wire:
    """A connection to the endpoint that is kept open between requests."""

    def __init__(self, model: Model, endpoint_url: str, signing: Signing) -> None:
        self.model = model
        self.endpoint_url = endpoint_url.rstrip("/")
        self.signing = signing
        self._parts = urlsplit(self.endpoint_url)
        self._connection: http.client.HTTPConnection | None = None

    def request(self, operation: str, body: bytes) -> Request:
        """The request that an SDK would send, with any body."""
        return Request(
            body=body,
            headers={
                "Content-Type": self.model.content_type,
                "X-Amz-Target": f"{self.model.target_prefix}.{operation}",
            },
        )

    def ask(self, operation: str, params: dict[str, Any]) -> Answer:
        """Sends a signed request with these members and gives the answer, whatever it is."""
        body = json.dumps(params).encode()
        for attempt in range(THROTTLED_TRIES_MAX):
            answer = self.send(self.request(operation, body))
            if answer.code not in THROTTLED_CODES:
                return answer
            time.sleep(0.1 * 2**attempt)
        return answer

    def send(self, request: Request, signing: Signing | None = None) -> Answer:
        """Signs as told and sends exactly that."""
        return self.exchange(self.sign(request, signing))

    def with_signing(self, **changes: Any) -> Signing:
        """The usual signing with some members changed."""
        return replace(self.signing, **changes)

    def close(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def sign(self, request: Request, signing: Signing | None = None) -> Ready:
        """The request as it goes out."""
        signing = signing or self.signing
        url = self.endpoint_url + request.path
        aws = AWSRequest(request.method, url, data=request.body, headers=dict(request.headers))
        if request.signed == "headers":
            _Signer(signing).add_auth(aws)
        elif request.signed == "query":
            credentials = Credentials(signing.access_key, signing.secret_key)
            SigV4QueryAuth(credentials, signing.service, signing.region).add_auth(aws)
        headers = [(name, value) for name, value in aws.headers.items() if name not in request.removed_headers]
        headers.extend(request.unsigned_headers)
        if request.lower_case_names:
            headers = [(name.lower(), value) for name, value in headers]
        target = str(aws.url)[len(self.endpoint_url) :] or "/"
        return Ready(request.method, target, request.body, headers)

    def exchange(self, ready: Ready) -> Answer:
        """Sends this and nothing else."""
        if self._connection is not None:
            # A server may close a connection that was idle; then a fresh one is tried.
            try:
                return self._send_on(self._connection, ready)
            except (http.client.HTTPException, OSError):
                self.close()
        self._connection = self._connect()
        try:
            return self._send_on(self._connection, ready)
        except (http.client.HTTPException, OSError):
            self.close()
            raise

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=REQUEST_SECONDS_MAX, context=context)
        return http.client.HTTPConnection(host, port, timeout=REQUEST_SECONDS_MAX)

    def _send_on(self, connection: http.client.HTTPConnection, ready: Ready) -> Answer:
        connection.putrequest(ready.method, ready.target, skip_accept_encoding=True)
        for name, value in ready.headers:
            connection.putheader(name, value)
        if not any(name.lower() == "content-length" for name, _ in ready.headers):
            connection.putheader("Content-Length", str(len(ready.body)))
        try:
            connection.endheaders(ready.body)
        except (BrokenPipeError, ConnectionResetError):
            # The server may refuse a large body before it has read all of it; its answer may be there to read.
            pass
        response = connection.getresponse()
        body = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        if response.will_close:
            self.close()
        return Answer(response.status, headers, body)
