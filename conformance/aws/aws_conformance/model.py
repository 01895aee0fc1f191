"""The service model: which operations there are, what goes in, what comes out, which errors each lists.

A thin, typed view of what botocore ships. Knows nothing about any endpoint.
"""

from __future__ import annotations

from functools import cached_property

import botocore.session
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

SERVICE = "workmail"
API_VERSION = "2017-10-01"

# Answers that any AWS service may give before or instead of an operation's own (workmail has no list of its own).
COMMON_ERRORS = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InternalFailure",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "RequestEntityTooLargeException",
        "SerializationException",
        "ServiceUnavailable",
        "ThrottlingException",
        "UnknownOperationException",
        "UnrecognizedClientException",
        "UnsupportedMediaTypeException",
    }
)

# The word for a bad value where an operation does not list InvalidParameterException.
VALIDATION = "ValidationException"
INVALID_PARAMETER = "InvalidParameterException"

# SDKs page these by hand: botocore has no paginator for them.
MEMBER_NEXT_TOKEN = "NextToken"
MEMBER_MAX_RESULTS = "MaxResults"
MEMBER_CLIENT_TOKEN = "ClientToken"


class Operation:
    """One operation of the model."""

    def __init__(self, model: OperationModel) -> None:
        self.name: str = model.name
        self.input: StructureShape | None = model.input_shape
        self.output: StructureShape | None = model.output_shape
        self.errors: tuple[str, ...] = tuple(dict.fromkeys(shape.name for shape in model.error_shapes))

    @property
    def invalid(self) -> str:
        """The error that a value outside its constraints gets."""
        return INVALID_PARAMETER if INVALID_PARAMETER in self.errors else VALIDATION

    @property
    def members(self) -> dict[str, Shape]:
        """Input members by name."""
        return dict(self.input.members) if self.input else {}

    @property
    def required(self) -> list[str]:
        """Input members that must be there."""
        return list(self.input.required_members) if self.input else []

    @property
    def paginated(self) -> bool:
        """Whether it answers in pages."""
        return MEMBER_NEXT_TOKEN in self.members

    @property
    def rows(self) -> str:
        """The output member that holds the rows of a page."""
        assert self.output is not None
        lists = [name for name, shape in self.output.members.items() if isinstance(shape, ListShape)]
        assert len(lists) == 1, f"{self.name} has {len(lists)} lists"
        return lists[0]

    def may_answer(self, code: str) -> bool:
        """Whether an answer with this error code is one of the operation's own, or one that every service has."""
        return code in self.errors or code in COMMON_ERRORS or code == self.invalid


class Model:
    """The whole service."""

    def __init__(self) -> None:
        session = botocore.session.get_session()
        self._service: ServiceModel = session.get_service_model(SERVICE, API_VERSION)
        self._paginators = session.get_component("data_loader").load_service_model(
            SERVICE, "paginators-1", API_VERSION
        )["pagination"]

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Every operation by name, in the order of their names."""
        names = sorted(self._service.operation_names)
        return {name: Operation(self._service.operation_model(name)) for name in names}

    @property
    def target_prefix(self) -> str:
        """What stands before the dot in X-Amz-Target."""
        return str(self._service.metadata["targetPrefix"])

    @property
    def content_type(self) -> str:
        """The media type of requests and answers."""
        return f"application/x-amz-json-{self._service.metadata['jsonVersion']}"

    def has_paginator(self, operation: str) -> bool:
        """Whether SDKs page this operation by themselves."""
        return operation in self._paginators
