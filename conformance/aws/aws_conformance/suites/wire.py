"""What reaches the endpoint before any operation does: signatures, headers, bodies, targets.

Each case is a request that is wrong in one way. SDKs send none of them; programs that probe do.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .. import check
from ..context import Context, demand, expect
from ..wire import Answer, Request, Wire

SUITE = "wire"
OPERATION = "DescribeOrganization"
SKEW_SECONDS_MAX = 5 * 60
BODY_BYTES_LARGE = 10 * 1024 * 1024
DEPTH = 100_000

SERIALIZATION = "SerializationException"
INVALID_SIGNATURE = "InvalidSignatureException"
INCOMPLETE_SIGNATURE = "IncompleteSignatureException"
UNRECOGNIZED = "UnrecognizedClientException"
MISSING_AUTHENTICATION = "MissingAuthenticationTokenException"
UNKNOWN_OPERATION = "UnknownOperationException"
TOO_LARGE = "RequestEntityTooLargeException"
UNSUPPORTED_MEDIA = "UnsupportedMediaTypeException"
REFUSED_SIGNATURES = (INVALID_SIGNATURE, INCOMPLETE_SIGNATURE, MISSING_AUTHENTICATION, UNRECOGNIZED)


@dataclass(frozen=True)
class Case:
    """A request, and the codes that are right for it; an empty tuple stands for a success."""

    what: str
    send: Callable[[Wire, Request], Answer]
    codes: tuple[str, ...]


def run(context: Context) -> None:
    """All cases, in order; after each the endpoint still answers a good request."""
    params = json.dumps({"OrganizationId": context.scene.organization.id}).encode()
    good = context.wire.request(OPERATION, params)
    for case in (*CREDENTIALS, *HEADERS, *TARGETS, *_bodies(context.scene.organization.id)):
        with context.checking(SUITE, (None,), case.what):
            _hold(context, case, case.send(context.wire, good))
    with context.checking(SUITE, (None,), "the endpoint answers after all that"):
        expect(context.wire.send(good).status, 200, "the status")
    with context.checking(SUITE, (None,), "each answer has a request id of its own"):
        ids = {context.wire.send(good).headers.get("x-amzn-requestid") for _ in range(5)}
        expect(len(ids), 5, "the number of different ids")


def _hold(context: Context, case: Case, answer: Answer) -> None:
    if not case.codes:
        expect(answer.status, 200, f"the status of {answer}")
        return
    demand(answer.code in case.codes, f"answered {answer}, not {' or '.join(case.codes)}")
    demand(400 <= answer.status < 500, f"the status is {answer.status}")
    problems = check.envelope_problems(context.model, answer)
    parsed = answer.parsed
    if not isinstance(parsed, dict) or not isinstance(parsed.get("__type"), str):
        problems.append(f"no __type in the body: {answer}")
    demand(not problems, "; ".join(problems))


def _signed_by(**changes: Any) -> Callable[[Wire, Request], Answer]:
    return lambda wire, good: wire.send(good, wire.with_signing(**changes))


def _changed(**changes: Any) -> Callable[[Wire, Request], Answer]:
    return lambda wire, good: wire.send(replace(good, **changes))


def _with_header(name: str, value: str) -> Callable[[Wire, Request], Answer]:
    """A header that is signed."""
    return lambda wire, good: wire.send(replace(good, headers={**good.headers, name: value}))


def _authorization(change: Callable[[str], str]) -> Callable[[Wire, Request], Answer]:
    """The Authorization header, changed after signing."""

    def send(wire: Wire, good: Request) -> Answer:
        ready = wire.sign(good)
        value = next(value for name, value in ready.headers if name == "Authorization")
        return wire.exchange(ready.with_header("Authorization", change(value)))

    return send


def _other_body(wire: Wire, good: Request) -> Answer:
    """The body of another request under this request's signature."""
    return wire.exchange(replace(wire.sign(good), body=good.body.replace(b"{", b"{ ")))


def _other_target(wire: Wire, good: Request) -> Answer:
    target = f"{wire.model.target_prefix}.ListOrganizations"
    return wire.exchange(wire.sign(good).with_header("X-Amz-Target", target))


CREDENTIALS = (
    Case("a good request", lambda wire, good: wire.send(good), ()),
    Case("no signature", _changed(signed="no"), (MISSING_AUTHENTICATION,)),
    Case("another secret", _signed_by(secret_key="x" * 40), (INVALID_SIGNATURE,)),
    Case("an unknown access key", _signed_by(access_key="AKIAAAAAAAAAAAAAAAAA"), (UNRECOGNIZED,)),
    Case("a strange access key", _signed_by(access_key="%00'; --"), REFUSED_SIGNATURES),
    Case("a session token", _signed_by(session_token="x" * 40), (UNRECOGNIZED,)),
    Case("another region", _signed_by(region="mars-north-1"), (INVALID_SIGNATURE,)),
    Case("another service", _signed_by(service="s3"), (INVALID_SIGNATURE,)),
    Case("a clock just ahead enough", _signed_by(ahead_seconds=SKEW_SECONDS_MAX - 30), ()),
    Case("a clock just behind enough", _signed_by(ahead_seconds=30 - SKEW_SECONDS_MAX), ()),
    Case("a clock too far ahead", _signed_by(ahead_seconds=SKEW_SECONDS_MAX + 30), (INVALID_SIGNATURE,)),
    Case("a clock too far behind", _signed_by(ahead_seconds=-SKEW_SECONDS_MAX - 30), (INVALID_SIGNATURE,)),
    Case("a clock a day behind", _signed_by(ahead_seconds=-24 * 3600), (INVALID_SIGNATURE,)),
    Case("a presigned URL", _changed(signed="query"), REFUSED_SIGNATURES),
    Case("a changed body", _other_body, (INVALID_SIGNATURE,)),
    Case("a changed target", _other_target, (INVALID_SIGNATURE,)),
    Case("a changed signature", _authorization(lambda value: value[:-4] + "0000"), (INVALID_SIGNATURE,)),
    Case("a short signature", _authorization(lambda value: value[:-4]), (INVALID_SIGNATURE, INCOMPLETE_SIGNATURE)),
    Case("no credential", _authorization(lambda value: value.replace("Credential=", "C=")), (INCOMPLETE_SIGNATURE,)),
    Case("a garbled header", _authorization(lambda _: "AWS4-HMAC-SHA256 nonsense"), (INCOMPLETE_SIGNATURE,)),
    Case("another algorithm", _authorization(lambda value: value.replace("SHA256", "SHA1", 1)), REFUSED_SIGNATURES),
    Case("basic authentication", _authorization(lambda _: "Basic YWRhOnBhc3N3b3Jk"), REFUSED_SIGNATURES),
    Case("a long header", _authorization(lambda value: value + "0" * 10_000), REFUSED_SIGNATURES),
    Case(
        "two Authorization headers",
        lambda wire, good: wire.exchange(wire.sign(good).and_header("Authorization", "Basic YTpi")),
        REFUSED_SIGNATURES,
    ),
)

HEADERS = (
    Case("lower-case header names", _changed(lower_case_names=True), ()),
    Case(
        "a media type with a character set",
        _with_header("Content-Type", "application/x-amz-json-1.1; charset=utf-8"),
        (),
    ),
    Case("headers of SDKs", _with_header("amz-sdk-request", "attempt=1; max=3"), ()),
    Case("a header that is not signed", _changed(unsigned_headers=(("X-Amzn-Trace-Id", "Root=1-2-3"),)), ()),
    Case(
        "an x-amz- header that is not signed",
        _changed(unsigned_headers=(("X-Amz-Something", "x"),)),
        REFUSED_SIGNATURES,
    ),
    Case(
        "two targets",
        _changed(unsigned_headers=(("X-Amz-Target", "WorkMailService.ListUsers"),)),
        (*REFUSED_SIGNATURES, UNKNOWN_OPERATION),
    ),
    Case("two dates", _changed(unsigned_headers=(("X-Amz-Date", "20260101T000000Z"),)), REFUSED_SIGNATURES),
    Case("no date", _changed(removed_headers=frozenset({"X-Amz-Date"})), REFUSED_SIGNATURES),
    Case("a payload that is not signed", _with_header("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"), REFUSED_SIGNATURES),
    Case(
        "a payload in signed chunks",
        _with_header("X-Amz-Content-SHA256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        REFUSED_SIGNATURES,
    ),
    Case("the hash of another payload", _with_header("X-Amz-Content-SHA256", "0" * 64), REFUSED_SIGNATURES),
    Case("a query string", _changed(path="/?Action=ListUsers"), (*REFUSED_SIGNATURES, "ValidationException")),
)

TARGETS = (
    Case("no target", _changed(headers={"Content-Type": "application/x-amz-json-1.1"}), (UNKNOWN_OPERATION,)),
    Case("an unknown operation", _with_header("X-Amz-Target", "WorkMailService.Fly"), (UNKNOWN_OPERATION,)),
    Case("another case", _with_header("X-Amz-Target", "WorkMailService.listusers"), (UNKNOWN_OPERATION,)),
    Case("another service's target", _with_header("X-Amz-Target", "DynamoDB_20120810.GetItem"), (UNKNOWN_OPERATION,)),
    Case("a target without a service", _with_header("X-Amz-Target", "ListUsers"), (UNKNOWN_OPERATION,)),
    Case("an empty target", _with_header("X-Amz-Target", ""), (UNKNOWN_OPERATION,)),
    Case("a target without end", _with_header("X-Amz-Target", "WorkMailService." + "x" * 5_000), (UNKNOWN_OPERATION,)),
)


def _body(body: bytes) -> Callable[[Wire, Request], Answer]:
    return _changed(body=body)


def _gzipped(wire: Wire, good: Request) -> Answer:
    headers = {**good.headers, "Content-Encoding": "gzip"}
    return wire.send(replace(good, headers=headers, body=gzip.compress(b" " * BODY_BYTES_LARGE)))


def _bodies(organization_id: str) -> tuple[Case, ...]:
    member = f'"OrganizationId":"{organization_id}"'
    deep = b'{"OrganizationId":' + b"[" * DEPTH + b"]" * DEPTH + b"}"
    return (
        Case("an unknown member", _body(f'{{{member},"Unknown":{{"x":[1]}}}}'.encode()), ()),
        Case("white space", _body(f" \n{{ {member} }} \n".encode()), ()),
        Case("an escaped name", _body(f'{{"\\u004frganizationId":"{organization_id}"}}'.encode()), ()),
        Case("no body", _body(b""), ("InvalidParameterException",)),
        Case("an empty object", _body(b"{}"), ("InvalidParameterException",)),
        Case("a member twice", _body(f"{{{member},{member}}}".encode()), (SERIALIZATION,)),
        Case("a list", _body(b"[]"), (SERIALIZATION,)),
        Case("a text", _body(b'"x"'), (SERIALIZATION,)),
        Case("null", _body(b"null"), (SERIALIZATION,)),
        Case("no JSON", _body(b"OrganizationId=x"), (SERIALIZATION,)),
        Case("half an object", _body(f"{{{member}".encode()), (SERIALIZATION,)),
        Case("something after the object", _body(f"{{{member}}}{{}}".encode()), (SERIALIZATION,)),
        Case("no UTF-8", _body(b'{"OrganizationId":"\xff"}'), (SERIALIZATION,)),
        Case("a byte order mark", _body(b"\xef\xbb\xbf{}"), (SERIALIZATION,)),
        Case("half a surrogate", _body(b'{"OrganizationId":"\\ud800"}'), (SERIALIZATION, "InvalidParameterException")),
        Case("a number that is none", _body(b'{"OrganizationId":NaN}'), (SERIALIZATION,)),
        Case("a number without end", _body(b'{"OrganizationId":' + b"9" * 10_000 + b"}"), (SERIALIZATION,)),
        Case("lists without end", _body(deep), (SERIALIZATION,)),
        Case("10 MB", _body(b'{"OrganizationId":"' + b"x" * BODY_BYTES_LARGE + b'"}'), (TOO_LARGE,)),
        Case("a compressed body", _gzipped, (UNSUPPORTED_MEDIA,)),
        Case(
            "another media type",
            _with_header("Content-Type", "application/x-www-form-urlencoded"),
            (UNSUPPORTED_MEDIA, SERIALIZATION),
        ),
    )
