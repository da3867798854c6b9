"""Ask a person to approve one concrete act before it happens, and get a single-use grant for exactly what they saw.

Times in arguments are an aware ``datetime`` or whole Unix seconds. Times in results are ``datetime`` in UTC; in what
``to_dict`` and ``events`` return, which are the records of the HTTP API, they are Unix seconds. By default ``now`` is
``time.time()``, and ``id`` a new one.

``None`` means "not given" for ``now``, ``id``, ``comment`` and ``reason``; anywhere else it is an error.

Every call may raise a :class:`JitError`, whose ``code`` says what is wrong.
"""

from . import jws
from ._native import (
    AccessTokenVerifier,
    ApprovalRequest,
    Jwt,
    Minter,
    Rendered,
    SigningKey,
    Template,
    Verifier,
    __version__,
    identity,
    plain_text,
    verify_chain,
)
from ._native import catalogue as _catalogue
from ._types import (
    AccessToken,
    ApiError,
    ApprovalType,
    Attachment,
    CatalogueRow,
    ChainReport,
    DecisionError,
    DecisionState,
    GrantError,
    GrantState,
    GrantStatus,
    Head,
    InputError,
    InternalError,
    JitError,
    MetadataError,
    Needs,
    Part,
    PeopleKnown,
    RequestError,
    StageState,
    State,
    Status,
    TemplateError,
    TokenError,
    UnverifiedToken,
    Verdict,
    Verified,
)

#: Every error, in the order of their numbers.
CATALOGUE = tuple(CatalogueRow(*row) for row in _catalogue())

__all__ = [
    "CATALOGUE",
    "AccessToken",
    "AccessTokenVerifier",
    "ApiError",
    "ApprovalRequest",
    "ApprovalType",
    "Attachment",
    "CatalogueRow",
    "ChainReport",
    "DecisionError",
    "DecisionState",
    "GrantError",
    "GrantState",
    "GrantStatus",
    "Head",
    "InputError",
    "InternalError",
    "JitError",
    "Jwt",
    "MetadataError",
    "Minter",
    "Needs",
    "Part",
    "PeopleKnown",
    "Rendered",
    "RequestError",
    "SigningKey",
    "StageState",
    "State",
    "Status",
    "Template",
    "TemplateError",
    "TokenError",
    "UnverifiedToken",
    "Verdict",
    "Verified",
    "Verifier",
    "__version__",
    "identity",
    "jws",
    "plain_text",
    "verify_chain",
]
