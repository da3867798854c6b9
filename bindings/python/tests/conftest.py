"""What the tests share."""

from __future__ import annotations

from typing import Any

import pytest

from jit_approvals import ApprovalRequest, Minter, SigningKey, Template, Verifier

NAMES: Any = {"issuer": "shop.example.com", "audience": "approvals.example.com"}
EVERYONE: Any = {"people": "everyone"}
ORIGIN: Any = {"application": "shop.example.com", "subject": "kevin"}
RECORD: dict[str, Any] = {
    "approvalType": "approve",
    "templateName": "Refund",
    "approvalKey": "REFUND",
    "approvalTitle": "Refund $(amount)?",
    "approvalData": "Refund $(amount) to $(subject).",
    "defaultApprovers": ["ann@example.com"],
    "metadata": [{"key": "amount", "type": "number"}],
}


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.from_bytes(bytes(32))


@pytest.fixture
def minter(key: SigningKey) -> Minter:
    return Minter(key, issuer=NAMES["issuer"], audience=NAMES["audience"])


@pytest.fixture
def verifier(key: SigningKey) -> Verifier:
    return Verifier(key, issuer=NAMES["issuer"], audience=NAMES["audience"])


@pytest.fixture
def template() -> Template:
    return Template.parse(RECORD)


@pytest.fixture
def request_(template: Template) -> ApprovalRequest:
    return template.open({"metaData": {"amount": "5"}}, origin=ORIGIN, directory=EVERYONE)
