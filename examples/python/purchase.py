"""The purchase story: an application asks, a person approves, the application acts once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jit_approvals import AccessTokenVerifier, ApprovalRequest, JitError, Minter, SigningKey, Template, Verifier

PURCHASE = Path(__file__).parent.parent / "purchase"


def read(name: str) -> Any:
    return json.loads((PURCHASE / name).read_text("utf-8"))


def main() -> None:
    key = SigningKey.generate(id="example")
    shop, host = "https://msonline.nextlevel3.com", "api.nextlevel3.com"

    # The shop mints an auth token and posts the request.
    token = Minter(key, issuer=shop, audience=host).mint("kevin")
    body = read("approve.request.json")

    # The host verifies the token and opens the request by the administrator's template.
    origin = Verifier(key, issuer=shop, audience=host).origin(token)
    template = Template.parse(read("approve.template.json"))
    request = template.open(body, origin=origin, directory={"people": "everyone"})
    print(f"{request.title}\n\n{request.text}\n")

    # The approver has read the text and approves it.
    request.approve("steve@nl3.com", content_hash=request.content_hash)
    access_token = request.access_token(host, key)

    # The shop holds a grant for this purchase and no other. It stores each event before it acts.
    grant = AccessTokenVerifier(key, issuer=host, application=shop).verify(access_token)
    print(f"granted to {grant.subject} until {grant.expires_at:%H:%M:%S}")
    for price in ("$1,655", "$1,654", "$1,654"):
        try:
            request.consume({"metaData": {**body["metaData"], "purchasePrice": price}})
            print(f"bought for {price}")
        except JitError as error:
            print(f"not bought for {price}: {error}")

    restored = ApprovalRequest.restore(request.event_texts(), head=request.head)
    print(f"{len(restored.events)} events, {restored.status}")


if __name__ == "__main__":
    main()
