"""Lists: pages are complete and without repeats, also while rows come and go; their tokens are not for forging."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.config import Config

from ..context import Context, demand, expect
from ..model import INVALID_PARAMETER
from ..scene import Scene
from . import listed

SUITE = "paging"
SIZES = (1, 2, 3)


def run(context: Context, scene: Scene) -> None:
    """Every paginated operation."""
    lists = listed.build(scene)
    with context.checking(SUITE, (None,), "the suite knows each operation that answers in pages"):
        paginated = {
            operation.name
            for operation in context.model.operations.values()
            if operation.paginated and context.status.is_served(operation.name)
        }
        expect(paginated, {one.operation for one in lists}, "what answers in pages")
    for one in lists:
        if one.needs_tokens and not scene.can_make_tokens:
            context.report.skip(f"pages of {one.operation}", "needs --token-command")
            continue
        _list(context, one, scene.organization.id)


def _list(context: Context, one: listed.Listed, organization: str) -> None:
    name = one.operation
    ready = _Ready()
    with context.checking(SUITE, (name,), "rows can be made"):
        ready.params = one.prepare()
    if ready.params is None:
        return
    with context.checking(SUITE, (name,), "pages of 1, 2 and 3 hold every row once"):
        _sizes(context, one, ready.params)
    with context.checking(SUITE, (name,), "rows that come and go do not disturb the others"):
        _stable(context, one, ready.params)
    with context.checking(SUITE, (name,), "a changed token is refused"):
        _forged(context, one, ready.params)
    with context.checking(SUITE, (name,), "a token of another request is refused"):
        _foreign(context, one, ready.params, organization)
    if context.model.has_paginator(name):
        with context.checking(SUITE, (name,), "botocore's paginator sees every row"):
            _paginator(context, one, ready.params)


@dataclass
class _Ready:
    """The request, once its rows were made."""

    params: dict[str, Any] | None = field(default=None)


def _keys(one: listed.Listed, rows: list[Any]) -> list[str]:
    """What tells the rows apart, of those that nobody else adds or removes meanwhile."""
    keys = [one.key(row) for row in rows]
    return keys if one.ours is None else [key for key in keys if key in one.ours]


def _sizes(context: Context, one: listed.Listed, params: dict[str, Any]) -> None:
    whole = _keys(one, context.client.all(one.operation, **params))
    demand(len(whole) > max(SIZES), f"only {len(whole)} rows: too few to page")
    expect(len(set(whole)), len(whole), "the number of different rows")
    for size in SIZES:
        pages = context.client.pages(one.operation, size, **params)
        longest = max(len(page) for page in pages)
        demand(longest <= size, f"a page of {longest} rows where {size} were asked for")
        demand(all(pages[:-1]), "an empty page before the last one")
        expect(_keys(one, [row for page in pages for row in page]), whole, f"what pages of {size} hold together")


def _stable(context: Context, one: listed.Listed, params: dict[str, Any]) -> None:
    rows = context.model.operations[one.operation].rows
    before = set(_keys(one, context.client.all(one.operation, **params)))
    first = context.client.call(one.operation, **params, MaxResults=2)
    seen = [one.key(row) for row in first.get(rows, [])]
    removed = one.remove(set(seen))
    added = one.add()
    token = first.get("NextToken")
    while token:
        page = context.client.call(one.operation, **params, MaxResults=2, NextToken=token)
        seen += [one.key(row) for row in page.get(rows, [])]
        token = page.get("NextToken")
    expect(len(seen), len(set(seen)), "the number of different rows")
    stayed = before - {removed}
    demand(stayed <= set(seen), f"rows that were there all the time are missing: {sorted(stayed - set(seen))}")
    strange = set() if one.ours is not None else set(seen) - before - {added}
    demand(not strange, f"rows that never were: {sorted(strange)}")


def _token(context: Context, one: listed.Listed, params: dict[str, Any]) -> str:
    token = context.client.call(one.operation, **params, MaxResults=1).get("NextToken")
    demand(isinstance(token, str), "a page of 1 has no token")
    return str(token)


def _forged(context: Context, one: listed.Listed, params: dict[str, Any]) -> None:
    token = _token(context, one, params)
    middle = len(token) // 2
    letter = "A" if token[middle] != "A" else "B"
    for forged in (token[:middle] + letter + token[middle + 1 :], token[:-4], token + "AAAA", "x", "\u00e9" * 40):
        code = context.client.error(one.operation, **params, MaxResults=1, NextToken=forged)
        expect(code, INVALID_PARAMETER, f"the answer to the token {forged!r}")


def _foreign(context: Context, one: listed.Listed, params: dict[str, Any], organization: str) -> None:
    token = _token(context, one, params)
    for what, changes in one.foreign():
        code = context.client.error(one.operation, **{**params, **changes}, MaxResults=1, NextToken=token)
        expect(code, INVALID_PARAMETER, f"the answer to a token with {what}")
    other = "ListUsers" if one.operation != "ListUsers" else "ListGroups"
    code = context.client.error(other, OrganizationId=organization, MaxResults=1, NextToken=token)
    expect(code, INVALID_PARAMETER, f"the answer of {other} to the token")


def _paginator(context: Context, one: listed.Listed, params: dict[str, Any]) -> None:
    client = sdk_client(context)
    method = botocore.xform_name(one.operation)
    rows = context.model.operations[one.operation].rows
    pages = client.get_paginator(method).paginate(**params, PaginationConfig={"PageSize": 2})
    found = _keys(one, [row for page in pages for row in page.get(rows, [])])
    whole = _keys(one, context.client.all(one.operation, **params))
    expect(found, whole, "what the paginator gives")


def sdk_client(context: Context) -> Any:
    """botocore's own client of the endpoint."""
    signing = context.wire.signing
    return botocore.session.get_session().create_client(
        "workmail",
        region_name=signing.region,
        endpoint_url=context.wire.endpoint_url,
        aws_access_key_id=signing.access_key,
        aws_secret_access_key=signing.secret_key,
        aws_session_token=signing.session_token,
        config=Config(retries={"mode": "standard"}),
    )
