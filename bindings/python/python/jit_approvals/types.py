"""Types of the records that calls accept, for type checkers: ``TypedDict`` classes with the names of the HTTP API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypedDict, Union

__all__ = [
    "Act",
    "ActorRecord",
    "AttachmentRecord",
    "DeviceRecord",
    "DirectoryRecord",
    "LocationRecord",
    "MetadataField",
    "OriginRecord",
    "PersonRecord",
    "RequestBody",
    "Seconds",
    "StageRecord",
    "TemplateRecord",
    "Time",
]

#: An aware ``datetime``, or whole Unix seconds.
Time = Union[datetime, int]

#: A ``timedelta``, or whole seconds.
Seconds = Union[timedelta, int]


class _MetadataField(TypedDict):
    key: str


class MetadataField(_MetadataField, total=False):
    """A declared placeholder: its key, its default and the constraints of its values."""

    defaultValue: Union[str, bool, int]
    required: bool
    type: Literal["text", "number", "boolean"]
    oneOf: Sequence[str]
    pattern: str
    min: Union[str, int, Decimal]
    max: Union[str, int, Decimal]
    maxLength: int
    multiline: bool


class StageRecord(TypedDict, total=False):
    """One stage of an approval with several stages."""

    name: str
    approvers: Sequence[str]
    approverGroups: Sequence[str]
    requiredApprovals: int


class _TemplateRecord(TypedDict):
    approvalType: Literal["approve", "signAndApprove"]
    templateName: str
    approvalTitle: str
    approvalKey: str
    approvalData: str


class TemplateRecord(_TemplateRecord, total=False):
    """A template as an administrator writes it."""

    templateVersion: int
    metadata: Sequence[MetadataField]
    claims: Sequence[str]
    requestTtlSeconds: int
    grantTtlSeconds: int
    grantUse: Literal["once", "untilExpiry"]
    allowSelfApproval: bool
    approverOverride: Literal["any", "defaults", "none"]
    applications: Sequence[str]
    defaultApprovers: Sequence[str]
    defaultApproverGroups: Sequence[str]
    requiredApprovals: int
    stages: Sequence[StageRecord]


class AttachmentRecord(TypedDict):
    """Something to read before deciding: a title, and an ``https`` URL."""

    title: str
    url: str


class RequestBody(TypedDict, total=False):
    """What an application posts to open a request."""

    templateId: str
    metaData: Mapping[str, Union[str, bool, int, Decimal]]
    approvers: Sequence[str]
    expiresInSeconds: int
    attachments: Sequence[AttachmentRecord]


class LocationRecord(TypedDict):
    """Decimal degrees (WGS 84)."""

    lat: float
    lon: float


class DeviceRecord(TypedDict, total=False):
    """The device that a request was made from, as the application reported it."""

    userAgent: str
    brands: str
    platform: str
    location: LocationRecord


class _OriginRecord(TypedDict):
    application: str
    subject: str


class OriginRecord(_OriginRecord, total=False):
    """Where a request comes from: what ``Verifier.origin`` returns."""

    company: str
    companyName: str
    claims: Mapping[str, Any]
    device: DeviceRecord


class _PersonRecord(TypedDict):
    email: str
    active: bool


class PersonRecord(_PersonRecord, total=False):
    """A person who may decide."""

    aliases: Sequence[str]


class _DirectoryRecord(TypedDict):
    people: Union[Literal["everyone"], Sequence[PersonRecord]]


class DirectoryRecord(_DirectoryRecord, total=False):
    """The people and groups that a call may need to know, as they are at that moment."""

    groups: Mapping[str, Sequence[str]]


class ActorRecord(TypedDict):
    """Who makes a change."""

    kind: Literal["application", "approver", "administrator", "system"]
    id: str


class _Act(TypedDict):
    metaData: Mapping[str, Union[str, bool, int, Decimal]]


class Act(_Act, total=False):
    """What the application is about to do."""

    attachments: Sequence[AttachmentRecord]
