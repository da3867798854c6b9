"""Templates, requests, decisions and grants."""

from __future__ import annotations

import copy
import pickle
import uuid
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from jit_approvals import (
    AccessToken,
    AccessTokenVerifier,
    ApprovalRequest,
    ApprovalType,
    DecisionError,
    GrantError,
    GrantStatus,
    Head,
    InputError,
    JitError,
    MetadataError,
    Part,
    PeopleKnown,
    Rendered,
    RequestError,
    SigningKey,
    Status,
    Template,
    TemplateError,
    Verdict,
    verify_chain,
)

from .conftest import EVERYONE, ORIGIN, RECORD

ANN = "ann@example.com"


def test_an_approval_from_end_to_end(key: SigningKey, template: Template) -> None:
    request = template.open({"metaData": {"amount": Decimal("12.50")}}, origin=ORIGIN, directory=EVERYONE)
    assert (request.title, request.text) == ("Refund 12.50?", "Refund 12.50 to kevin.")
    assert request.parts[1] == Part("12.50", "amount")
    assert (request.status, request.people) == (Status.PENDING, PeopleKnown.EVERYONE)
    assert request.approval_type is ApprovalType.APPROVE
    assert request.expires_at - request.requested_at == timedelta(seconds=900)
    assert request.requested_at.tzinfo is timezone.utc
    assert request.may_decide(ANN) is None
    refused = request.may_decide("eve@example.com")
    assert isinstance(refused, DecisionError) and refused.code == "not_eligible"

    assert request.approve(ANN, content_hash=request.content_hash, comment="fine") is True
    assert request.approve(ANN, content_hash=request.content_hash, comment="fine") is False
    assert request.status is Status.APPROVED and str(request.status) == "approved" == request.status.value
    decision = request.stages[0].decisions[0]
    assert (decision.approver, decision.verdict, decision.comment) == (ANN, Verdict.APPROVE, "fine")
    assert request.decided_at == decision.decided_at

    token = request.access_token("approvals.example.com", key)
    verifier = AccessTokenVerifier(key, issuer="approvals.example.com", application=ORIGIN["application"])
    access = verifier.verify(token)
    assert request.grant is not None and access.grant_id == request.grant.id
    assert access.sign(key) == token and AccessToken(*access._fields()) == access

    with pytest.raises(RequestError) as other:
        request.consume({"metaData": {"amount": "13"}})
    assert (other.value.code, other.value.field) == ("content_mismatch", "metaData.amount")
    request.consume({"metaData": {"amount": Decimal("12.50")}})
    assert request.grant.status is GrantStatus.CONSUMED
    with pytest.raises(GrantError) as again:
        request.consume({"metaData": {"amount": "12.50"}})
    assert (again.value.code, again.value.status) == ("grant_consumed", 409)

    for events in (request.events, request.event_texts(), iter(request.event_texts())):
        restored = ApprovalRequest.restore(events, head=request.head)
        assert restored.to_dict() == request.to_dict()
    assert verify_chain(request.events, head=request.head).complete is True
    assert verify_chain(request.event_texts()).complete is False
    with pytest.raises(RequestError) as cut:
        ApprovalRequest.restore(request.event_texts()[:-1], head=request.head)
    assert cut.value.code == "head_mismatch"


def test_the_other_ends(template: Template) -> None:
    actor = {"kind": "administrator", "id": "root"}

    def opened() -> ApprovalRequest:
        return template.open({"metaData": {"amount": 5}}, origin=ORIGIN, directory=EVERYONE, now=1_700_000_000)

    request = opened()
    assert request.reject(ANN, content_hash=request.content_hash, now=1_700_000_001)
    assert request.at(1_700_000_002).status is Status.REJECTED
    request = opened()
    request.cancel(actor, reason="changed", now=1_700_000_001)
    assert request.at(1_700_000_002).status is Status.CANCELLED
    request = opened()
    assert request.at(1_700_000_899).status is Status.PENDING
    assert request.at(1_700_000_900).status is Status.EXPIRED
    assert request.expire(now=1_700_000_900) is True and request.expire(now=1_700_000_900) is False
    request = opened()
    id = uuid.uuid4()
    request.approve(ANN, content_hash=request.content_hash, now=1_700_000_001, id=id)
    request.revoke(actor, now=1_700_000_002)
    grant = request.at(1_700_000_003).grant
    assert grant is not None and (grant.status, grant.id) == (GrantStatus.REVOKED, str(id))
    copy_of = ApprovalRequest.restore(request.events[:2])
    copy_of.apply(request.events[2])
    assert copy_of.head == request.head


def test_a_directory(template: Template) -> None:
    record = {**RECORD, "defaultApprovers": [], "defaultApproverGroups": ["ops"]}
    template = Template.parse(record)
    needs = template.needs({"metaData": {}})
    assert (needs.emails, needs.groups) == ((), ("ops",))
    directory: dict[str, Any] = {"people": [{"email": ANN, "active": True}], "groups": {"ops": [ANN]}}
    request = template.open({"metaData": {"amount": 5}}, origin=ORIGIN, directory=directory)
    assert request.people is PeopleKnown.LISTED
    needs = request.needs_of(ANN)
    assert (needs.emails, needs.groups) == ((ANN,), ("ops",))
    with pytest.raises(InputError) as missing:
        request.may_decide(ANN)
    assert missing.value.code == "missing_member"
    with pytest.raises(InputError):
        request.may_decide(ANN, directory=None)  # type: ignore[arg-type]
    with pytest.raises(DecisionError):
        request.approve(ANN, content_hash=request.content_hash, directory=EVERYONE)
    gone = {**directory, "groups": {"ops": []}}
    reason = request.may_decide(ANN, directory=gone)
    assert reason is not None and reason.code == "no_longer_eligible"
    assert request.approve(ANN, content_hash=request.content_hash, directory=directory)


def test_templates() -> None:
    text = '{"approvalType": "approve",\n "approvalType": "approve"}'
    with pytest.raises(InputError) as twice:
        Template.parse(text)
    assert (twice.value.code, twice.value.line, twice.value.column) == ("duplicate_key", 2, 2)
    assert str(twice.value).endswith("at line 2 column 2")
    assert [mistake.code for mistake in Template.mistakes({**RECORD, "approvalKey": "a b", "templateName": ""})]
    assert Template.mistakes(RECORD) == []
    assert [type(mistake) for mistake in Template.mistakes("{")] == [InputError]
    with pytest.raises(TemplateError) as unknown:
        Template.parse({**RECORD, "approvalData": "$(amuont)"})
    assert "did you mean `amount`?" in unknown.value.message
    template = Template.parse(RECORD)
    assert template.to_dict() == RECORD
    rendered = template.render({"amount": "5"}, origin=ORIGIN, request_id=uuid.UUID(int=5))
    assert isinstance(rendered, Rendered) and "".join(part.text for part in rendered.parts) == rendered.text
    assert rendered == template.render({"amount": 5}, origin=ORIGIN) and len({rendered, rendered}) == 1
    with pytest.raises(MetadataError, match="float.*Decimal"):
        template.render({"amount": 5.0}, origin=ORIGIN)
    with pytest.raises(MetadataError, match="not a decimal number"):
        template.render({"amount": "five"}, origin=ORIGIN)


def test_none_means_not_given_only_where_it_says_so(request_: ApprovalRequest) -> None:
    with pytest.raises(JitError):
        request_.approve(ANN, content_hash=None)  # type: ignore[arg-type]
    with pytest.raises(JitError):
        request_.approve(ANN, content_hash=request_.content_hash, signature=None)  # type: ignore[arg-type]
    with pytest.raises(JitError):
        ApprovalRequest.restore(request_.event_texts(), head=None)  # type: ignore[arg-type]
    assert request_.approve(ANN, content_hash=request_.content_hash, comment=None, now=None, id=None)


def test_results_are_frozen_values(request_: ApprovalRequest) -> None:
    head = request_.head
    assert repr(head) == f"Head(count=1, hash={head.hash!r})"
    assert head == Head(1, head.hash) and hash(head) == hash(Head(1, head.hash)) and head != (1, head.hash)
    with pytest.raises(AttributeError):
        head.count = 2
    with pytest.raises(AttributeError):
        del head.count
    assert not hasattr(head, "__dict__")
    assert copy.deepcopy(head) == head and pickle.loads(pickle.dumps(head)) == head


def test_errors_are_ordinary_exceptions(request_: ApprovalRequest) -> None:
    with pytest.raises(ValueError) as outer:
        try:
            request_.consume({"metaData": {}})
        except GrantError as error:
            again = pickle.loads(pickle.dumps(error))
            assert type(again) is GrantError and vars(again) == vars(error)
            if hasattr(error, "add_note"):
                error.add_note("a note")
            assert error.to_dict()["code"] == "no_grant"
            raise ValueError("outer") from error
    assert isinstance(outer.value.__cause__, GrantError)
