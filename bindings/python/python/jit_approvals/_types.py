"""Exceptions, enums and results: the classes that are written in Python."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from ._native import SigningKey


class JitError(Exception):
    """The base of all errors. Programs check its ``code``. No message contains a secret."""

    #: The family that the error belongs to, such as ``token``.
    family: str = ""

    def __init__(
        self,
        message: str,
        code: str,
        number: int,
        status: int,
        field: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message, code, number, status, field, line, column)
        #: What is wrong, in words.
        self.message = message
        #: The code that programs check, such as ``token_expired``: see ``CATALOGUE``.
        self.code = code
        #: The number of the error in the catalogue.
        self.number = number
        #: The HTTP status of a response with this error.
        self.status = status
        #: The path of the wrong member, such as ``metadata[0].key``.
        self.field = field
        #: The line in the given text, counted from 1.
        self.line = line
        #: The column in that line, in characters, counted from 1.
        self.column = column

    def __str__(self) -> str:
        where = "" if self.line is None else f" at line {self.line} column {self.column}"
        if self.field is not None and self.field not in self.message:
            where += f" ({self.field})"
        return f"{self.message}{where}"

    def to_dict(self) -> dict[str, Any]:
        """Returns the record of the error, as in the HTTP API."""
        record: dict[str, Any] = {
            "number": self.number,
            "code": self.code,
            "family": self.family,
            "status": self.status,
            "message": self.message,
        }
        for name in ("field", "line", "column"):
            if getattr(self, name) is not None:
                record[name] = getattr(self, name)
        return record


class InputError(JitError):
    """Malformed JSON, a value of the wrong type or out of range."""

    family = "input"


class TokenError(JitError):
    """A key or a token that is not accepted."""

    family = "token"


class TemplateError(JitError):
    """A mistake in a template."""

    family = "template"


class MetadataError(JitError):
    """A value that a metadata field does not accept."""

    family = "metadata"


class RequestError(JitError):
    """A request that cannot be opened, changed or restored."""

    family = "request"


class DecisionError(JitError):
    """A decision that is not accepted."""

    family = "decision"


class GrantError(JitError):
    """A grant that cannot be used."""

    family = "grant"


class ApiError(JitError):
    """An error of the HTTP API. No call of this library raises it."""

    family = "api"


class InternalError(JitError):
    """A bug in this library, or a failure of the system or of a server."""

    family = "internal"


EXCEPTIONS: dict[str, type[JitError]] = {
    made.family: made
    for made in (
        InputError,
        TokenError,
        TemplateError,
        MetadataError,
        RequestError,
        DecisionError,
        GrantError,
        ApiError,
        InternalError,
    )
}


class _Choice(str, Enum):
    """A closed set of texts. Members equal their texts."""

    def __str__(self) -> str:
        return str(self.value)


class ApprovalType(_Choice):
    """What an approver does to approve."""

    APPROVE = "approve"
    SIGN_AND_APPROVE = "signAndApprove"


class Status(_Choice):
    """The status of a request. All except ``PENDING`` are final."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class GrantStatus(_Choice):
    """The status of a grant."""

    ISSUED = "issued"
    CONSUMED = "consumed"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Verdict(_Choice):
    """One of the two ways to decide."""

    APPROVE = "approve"
    REJECT = "reject"


class PeopleKnown(_Choice):
    """Whether a directory accepted everyone or listed people."""

    EVERYONE = "everyone"
    LISTED = "listed"


class _Result:
    """A value that never changes: equal if its fields are, and hashable if they are."""

    __slots__: tuple[str, ...] = ()
    __match_args__: tuple[str, ...] = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def _fields(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return isinstance(other, _Result) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._fields()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._fields()


def _set(result: _Result, **fields: object) -> None:
    for name, value in fields.items():
        object.__setattr__(result, name, value)


class Part(_Result):
    """A piece of a rendered title or text. ``key`` is the placeholder whose value it is, or None."""

    __slots__ = __match_args__ = ("text", "key")

    text: str
    key: str | None

    def __init__(self, text: str, key: str | None = None) -> None:
        _set(self, text=text, key=key)


class Attachment(_Result):
    """Something to read before deciding: a title, and an ``https`` URL."""

    __slots__ = __match_args__ = ("title", "url")

    title: str
    url: str

    def __init__(self, title: str, url: str) -> None:
        _set(self, title=title, url=url)


class Needs(_Result):
    """What a directory must contain: emails, and keys of groups."""

    __slots__ = __match_args__ = ("emails", "groups")

    emails: tuple[str, ...]
    groups: tuple[str, ...]

    def __init__(self, emails: tuple[str, ...], groups: tuple[str, ...]) -> None:
        _set(self, emails=emails, groups=groups)


class Head(_Result):
    """How many events there are, and the hash of the last."""

    __slots__ = __match_args__ = ("count", "hash")

    count: int
    hash: str

    def __init__(self, count: int, hash: str) -> None:
        _set(self, count=count, hash=hash)


class ChainReport(_Result):
    """How many events there are, and whether the last is proven."""

    __slots__ = __match_args__ = ("count", "complete")

    count: int
    complete: bool

    def __init__(self, count: int, complete: bool) -> None:
        _set(self, count=count, complete=complete)


class Verified(_Result):
    """The claims of a verified token, and the id of the key that verified it, or None."""

    __slots__ = __match_args__ = ("claims", "key_id")

    claims: dict[str, Any]
    key_id: str | None

    def __init__(self, claims: dict[str, Any], key_id: str | None) -> None:
        _set(self, claims=claims, key_id=key_id)


class DecisionState(_Result):
    """What an approver decided."""

    __slots__ = __match_args__ = ("approver", "verdict", "comment", "signature", "decided_at")

    approver: str
    verdict: Verdict
    comment: str | None
    signature: str | None
    decided_at: datetime

    def __init__(
        self,
        approver: str,
        verdict: Verdict,
        comment: str | None,
        signature: str | None,
        decided_at: datetime,
    ) -> None:
        _set(self, approver=approver, verdict=verdict, comment=comment, signature=signature, decided_at=decided_at)


class StageState(_Result):
    """A step of an approval: who may decide, and what they decided."""

    __slots__ = __match_args__ = ("name", "required", "approvers", "decisions")

    name: str | None
    required: int
    approvers: tuple[str, ...]
    decisions: tuple[DecisionState, ...]

    def __init__(
        self,
        name: str | None,
        required: int,
        approvers: tuple[str, ...],
        decisions: tuple[DecisionState, ...],
    ) -> None:
        _set(self, name=name, required=required, approvers=approvers, decisions=decisions)


class GrantState(_Result):
    """The right to act once a request is approved."""

    __slots__ = __match_args__ = ("id", "status", "issued_at", "expires_at", "consumed_at")

    id: str
    status: GrantStatus
    issued_at: datetime
    expires_at: datetime
    consumed_at: datetime | None

    def __init__(
        self,
        id: str,
        status: GrantStatus,
        issued_at: datetime,
        expires_at: datetime,
        consumed_at: datetime | None = None,
    ) -> None:
        _set(self, id=id, status=status, issued_at=issued_at, expires_at=expires_at, consumed_at=consumed_at)


class State(_Result):
    """The status of a request and its grant at a time."""

    __slots__ = __match_args__ = ("status", "grant")

    status: Status
    grant: GrantState | None

    def __init__(self, status: Status, grant: GrantState | None) -> None:
        _set(self, status=status, grant=grant)


class CatalogueRow(_Result):
    """A row of the error catalogue."""

    __slots__ = __match_args__ = ("number", "code", "family", "status", "message")

    number: int
    code: str
    family: str
    status: int
    message: str

    def __init__(self, number: int, code: str, family: str, status: int, message: str) -> None:
        _set(self, number=number, code=code, family=family, status=status, message=message)


class UnverifiedToken(_Result):
    """What a token says, before anything is verified: only for choosing a key."""

    __slots__ = __match_args__ = ("issuer", "key_id", "header", "claims")

    issuer: str | None
    key_id: str | None
    header: dict[str, Any]
    claims: dict[str, Any]

    def __init__(
        self,
        issuer: str | None,
        key_id: str | None,
        header: dict[str, Any],
        claims: dict[str, Any],
    ) -> None:
        _set(self, issuer=issuer, key_id=key_id, header=header, claims=claims)

    @staticmethod
    def parse(token: str) -> UnverifiedToken:
        """Reads a token without verifying it. Nothing in the result is proven.

        Raises TokenError: malformed_token.
        """
        from ._native import unverified_token

        return UnverifiedToken(*unverified_token(token))


class AccessToken(_Result):
    """What an access token says: this application holds this grant of this request.

    Only consuming the grant proves that it was neither used nor revoked.
    """

    __slots__ = __match_args__ = (
        "issuer",
        "application",
        "subject",
        "grant_id",
        "expires_at",
        "approval_request_id",
        "template_id",
        "content_hash",
    )

    issuer: str
    application: str
    subject: str
    grant_id: str
    expires_at: datetime
    approval_request_id: str
    template_id: str
    content_hash: str

    def __init__(
        self,
        issuer: str,
        application: str,
        subject: str,
        grant_id: str,
        expires_at: datetime,
        approval_request_id: str,
        template_id: str,
        content_hash: str,
    ) -> None:
        _set(
            self,
            issuer=issuer,
            application=application,
            subject=subject,
            grant_id=grant_id,
            expires_at=expires_at,
            approval_request_id=approval_request_id,
            template_id=template_id,
            content_hash=content_hash,
        )

    def sign(self, key: SigningKey) -> str:
        """Signs the access token and returns its text."""
        from ._native import sign_access_token

        return sign_access_token(self.to_dict(), key)

    def to_dict(self) -> dict[str, Any]:
        """Returns the record of the HTTP API, in which times are Unix seconds."""
        from ._native import seconds

        return {
            "issuer": self.issuer,
            "application": self.application,
            "subject": self.subject,
            "grantId": self.grant_id,
            "expiresAt": seconds(self.expires_at, "expires_at"),
            "approvalRequestId": self.approval_request_id,
            "templateId": self.template_id,
            "contentHash": self.content_hash,
        }


# They are shown and pickled under their public names.
for _made in [*globals().values()]:
    if isinstance(_made, type) and _made.__module__ == __name__ and not _made.__name__.startswith("_"):
        _made.__module__ = "jit_approvals"
