"""What schemathesis does not know: who calls, and what exists. Importing this registers it."""

import random
import re

import schemathesis
from shop import ADMIN, PASSWORD, SPARE

# What ends the session that it is called with, or the person's others.
ENDING = {"signOut", "endSessions", "changePassword"}

# The server, once it is started.
shop = None
choose = random.Random(1)
password = PASSWORD


def named(case):
    return case.operation.definition.raw["operationId"]


def caller(case):
    """The headers by which the caller proves themselves."""
    schemes = {name for each in case.operation.definition.raw["security"] for name in each}
    if named(case) in ENDING:
        return shop.by_cookie(SPARE)
    if "authToken" in schemes and ("personalToken" not in schemes or choose.random() < 0.5):
        return shop.as_application()
    if "personalToken" in schemes:
        return {"Authorization": f"Bearer {shop.tokens[ADMIN]}"}
    return shop.by_cookie(ADMIN) if schemes else shop.from_elsewhere()


def sound(name, value):
    """Whether a part of a path is as described. Others must be rejected, and stay as they are."""
    return isinstance(value, str) and (name != "id" or re.fullmatch("[0-9a-f-]{36}", value) is not None)


def existing(case):
    """The parameters of a path that exists."""
    path = case.operation.path
    if path.startswith("/applications"):
        # The application whose tokens are used, and its key, are only read.
        return {"id": shop.application, "key": shop.signing_key} if case.method == "GET" else {}
    for start, value in {
        "/approvalRequest": {"id": shop.request}, "/grant": {"id": shop.grant}, "/groups": {"key": "buyers"},
        "/templates": {"key": "PURCHASE_APPROVAL"}, "/users": {"email": "steve@nl3.com"},
    }.items():
        if path.startswith(start):
            return value
    return {}


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers.update(caller(case))
    if all(sound(name, value) for name, value in (case.path_parameters or {}).items()) and choose.random() < 0.5:
        case.path_parameters.update(existing(case))
    # A longer wait finds nothing more.
    if case.query and str(case.query.get("waitSeconds", "")).isdecimal() and 1 < int(case.query["waitSeconds"]) <= 55:
        case.query["waitSeconds"] = 1


@schemathesis.hook
def after_call(context, case, response):
    global password
    if named(case) in ENDING and response.status_code < 300:
        if named(case) == "changePassword":
            password = case.body["newPassword"]
        shop.sessions[SPARE] = shop.sign_in(SPARE, password)
