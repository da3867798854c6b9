"""Opens, reads and decides a request with the client that openapi-python-client makes of the description."""

import os
from uuid import uuid4

from generated import AuthenticatedClient
from generated.api.application import consume_grant, open_request, read_request
from generated.api.approver import decide_request, list_notifications
from generated.models import (
    Act,
    ApprovalRequest,
    DecisionBody,
    DecisionBodyVerdict,
    GivenMetaData,
    Grant,
    Problem,
    RequestBody,
    Status,
)

url, token, personal = (os.environ[name] for name in ("JIT_URL", "JIT_TOKEN", "JIT_PERSONAL_TOKEN"))
application = AuthenticatedClient(base_url=url, token=token, auth_header_name="X-Nl3-Authorization-Token", prefix="")
approver = AuthenticatedClient(base_url=url, token=personal)

values = GivenMetaData.from_dict({"purchaseItem": "Metallica Ticket", "purchasePrice": "$1,654", "seatNumber": "43D"})
body, key = RequestBody(template_id="PURCHASE_APPROVAL", meta_data=values), str(uuid4())
opened = open_request.sync(client=application, body=body, idempotency_key=key)
assert isinstance(opened, ApprovalRequest) and opened.status == Status.PENDING, opened
again = open_request.sync_detailed(client=application, body=body, idempotency_key=key)
assert again.status_code == 200 and again.parsed.id == opened.id, again

read = read_request.sync(opened.id, client=application)
assert read.content_hash == opened.content_hash and read.meta_data["seatNumber"] == "43D", read
cards = list_notifications.sync(client=approver, limit=1)
assert cards.items[0].id == opened.id and cards.items[0].can_decide, cards

decision = DecisionBody(verdict=DecisionBodyVerdict.APPROVE, content_hash=read.content_hash)
decide_request.sync(opened.id, client=approver, body=decision)
approved = read_request.sync(opened.id, client=application)
assert approved.grant.access_token, approved

grant, act = approved.grant.id, Act(meta_data=values)
used = consume_grant.sync(grant, client=application, body=act)
assert isinstance(used, Grant) and used.status == "consumed", used
refused = consume_grant.sync(grant, client=application, body=act)
assert isinstance(refused, Problem) and refused.code == "grant_consumed", refused
print("the generated client has opened, read, decided and used a request")
