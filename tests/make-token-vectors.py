#!/usr/bin/env python3
"""Writes the token vectors of tests/vectors/ with Python's own hmac, json and base64: an implementation that
shares no code with the one under test. Run by hand when cases are added; the files are what the tests read.

    python3 tests/make-token-vectors.py [NJWT_CASES NODE_BASE64_CASES]

The two arguments are the recordings that two of the files are converted from: tokens that njwt 2.0.1 minted, and bytes
that Node's Buffer decoded. Without them those two stay as they are.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "vectors"
NOW = 1_700_000_000
KEY = bytes(range(32))
OTHER = bytes(range(32, 64))
ISS, AUD, SUB = "https://app.example.com", "api.example.com", "user@example.com"
JTI = "3f2b8c1e-9d47-4a6b-8e55-0c1d2e3f4a5b"


def b64(data):
    return base64.b64encode(data).decode()


def url(data):
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).decode().rstrip("=")


def text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def signed(header, payload, key=KEY, digest=hashlib.sha256):
    """A compact JWS of header and payload, each text, bytes or a value."""
    parts = [part if isinstance(part, (str, bytes)) else text(part) for part in (header, payload)]
    content = ".".join(url(part) for part in parts)
    return content + "." + url(hmac.new(key, content.encode(), digest).digest())


HEADER = {"typ": "JWT", "alg": "HS256"}
CLAIMS = {"iss": ISS, "aud": AUD, "sub": SUB, "jti": JTI, "iat": NOW, "exp": NOW + 300, "nbf": NOW - 60,
          "otherClaim": "claimValue"}
GRANT_HEADER = {"typ": "jit-grant+jwt", "alg": "HS256", "kid": "k1"}
GRANT = {"iss": AUD, "aud": ISS, "sub": SUB, "jti": JTI, "exp": NOW + 300, "approvalRequestId": JTI,
         "templateId": "PURCHASE_APPROVAL", "contentHash": "ab" * 32}


def write(operation, about, cases):
    for case in cases:
        assert set(case) <= {"id", "why", "source", "scope", "given", "expect"}, case
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    head = json.dumps({"format": 1, "operation": operation, "about": about, "count": len(cases)}, ensure_ascii=False)
    (FOLDER / f"{operation}.json").write_text(head[:-1] + ',\n "cases": [\n' + lines + "\n ]}\n", encoding="utf-8")


def case(identifier, why, given, ok=None, error=None, source="this project"):
    expect = {"error": error} if error else {"ok": ok}
    return {"id": identifier, "why": why, "source": source, "given": given, "expect": expect}


# ---------------------------------------------------------------------------------------------------------------

def converted_njwt(path):
    cases = []
    for old in json.loads(Path(path).read_text(encoding="utf-8"))["cases"]:
        given = {"claims": old["claims_text"], "key": old["key_base64"], "nowMillis": old["now_ms"],
                 "jti": old["jti"], "calls": old["calls"]}
        new = case(old["name"], "the token that njwt minted", given, {"token": old["expected"]}, source="njwt 2.0.1")
        if old["name"] == "setHeader_object_crit":
            new = case(old["name"], "njwt signs it; no verifier that follows RFC 7515 4.1.11 takes it, and nothing is "
                       "signed that none takes", given, error="unsupported_header", source="njwt 2.0.1, RFC 7515")
        cases.append(new | {"scope": old["scope"]})
    write("jwt.create",
          "A token made of claims (JSON text, whose order counts) and setter calls in order, at a clock of "
          "milliseconds and with a jti: the compact token that njwt 2.0.1 made. Cases of scope `javascript` show "
          "values that only JavaScript has, and hold for its drop-in alone.", cases)


def key_bytes(given):
    """Our rule: either alphabet, at most the canonical padding, white space ignored, no stray bits."""
    plain = re.sub(r"[ \t\r\n]", "", given).replace("-", "+").replace("_", "/")
    body = plain.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9+/]*", body) or len(body) % 4 == 1 or len(plain) - len(body) > -len(body) % 4:
        return None
    data = base64.b64decode(body + "=" * (-len(body) % 4))
    return data if base64.b64encode(data).decode().rstrip("=") == body else None


def converted_base64(path):
    cases = []
    for old in json.loads(Path(path).read_text(encoding="utf-8"))["cases"]:
        try:
            old["input"].encode()
        except UnicodeEncodeError:
            continue  # A lone surrogate is no text in any language but JavaScript.
        data = key_bytes(old["input"])
        given = {"text": old["input"], "leastBytes": 1}
        if data is None:
            new = case(old["name"], "Node skips or stops where we refuse", given, error="malformed_key")
        elif not data:
            new = case(old["name"], "no bound admits an empty key", given, error="key_too_short")
        else:
            assert data.hex() == old["expected"], old
            new = case(old["name"], "the same bytes as Node's", given, {"signs": signed({"alg": "HS256"}, "", data)})
        cases.append(new | {"source": "Node 20, Buffer.from(text, 'base64')"})
    short = {"text": b64(KEY[:31]), "leastBytes": 32}
    cases += [
        case("31-bytes", "as many bytes as the hash has", short, error="key_too_short", source="RFC 7518 3.2"),
        case("31-bytes-allowed", "an explicit option lowers the bound", short | {"leastBytes": 31},
             {"signs": signed({"alg": "HS256"}, "", KEY[:31])}),
        case("never-empty", "the option never lowers it to nothing", {"text": "", "leastBytes": 0},
             error="key_too_short"),
        case("white-space", "keys are pasted with line ends", {"text": "\t" + b64(KEY)[:20] + "\r\n " + b64(KEY)[20:],
             "leastBytes": 32}, {"signs": signed({"alg": "HS256"}, "", KEY)}),
        case("no-break-space", "white space is space, tab and line ends", {"text": b64(KEY) + "\u00a0",
             "leastBytes": 32}, error="malformed_key"),
    ]
    write("signingKey.fromBase64",
          "A signing key from base64 text with a least number of bytes. What is known of a key is what it signs: "
          "`signs` is the JWS of an empty payload under the header {\"alg\":\"HS256\"}. One recorded case with a "
          "lone surrogate is left out: it is no Unicode text.", cases)


# ---------------------------------------------------------------------------------------------------------------

def jws():
    k = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==")
    a1 = ("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
          ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
          ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    good = signed(HEADER, "payload")
    head, body, signature = good.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def stray(segment):
        """The last character with another unused bit: the same bytes to a lenient decoder."""
        return segment[:-1] + alphabet[alphabet.index(segment[-1]) ^ 1]

    with_dash = next(s for s in (signed(HEADER, f"payload {n}") for n in range(99)) if "-" in s or "_" in s)
    keys = [{"key": b64(KEY)}]
    rotated = [{"key": b64(OTHER)}, {"key": b64(KEY)}]
    named = [{"key": b64(OTHER), "id": "k0"}, {"key": b64(KEY), "id": "k1"}]

    def bad(identifier, why, token, error, keys=keys):
        return case(identifier, why, {"token": token, "keys": keys}, error=error)

    def good_case(identifier, why, header, payload, keys=keys, token=None, source="this project"):
        token = token or signed(header, payload)
        header = json.loads(header) if isinstance(header, str) else header
        return case(identifier, why, {"token": token, "keys": keys}, {"header": header, "payload": payload},
                    source=source)

    cases = [
        case("rfc7515-a1", "the specification's own example", {"token": a1, "keys": [{"key": b64(k)}]},
             {"header": {"typ": "JWT", "alg": "HS256"},
              "payload": "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"},
             source="RFC 7515 A.1"),
        good_case("usual", "njwt's header", HEADER, "payload"),
        good_case("usual-other-order", "PyJWT's header", {"alg": "HS256", "typ": "JWT"}, "payload"),
        good_case("unknown-parameter", "a parameter that is not critical is ignored", HEADER | {"x": [1]}, "payload"),
        good_case("empty-payload", "no bytes are bytes too", HEADER, ""),
        good_case("rotated", "any of several keys", HEADER, "payload", rotated),
        good_case("kid-chooses", "a kid chooses among the keys", HEADER | {"kid": "k1"}, "payload", named),
        good_case("kid-without-ids", "keys without an id are always tried", HEADER | {"kid": "k9"}, "payload"),
        bad("kid-unknown", "no key has that id", signed(HEADER | {"kid": "k9"}, "payload"), "unknown_key", named),
        bad("kid-of-another-key", "the key that a kid names is the only one tried",
            signed(HEADER | {"kid": "k0"}, "payload"), "invalid_signature", named),
        bad("kid-number", "a kid is text", signed(HEADER | {"kid": 1}, "payload"), "malformed_token"),
        bad("wrong-key", "signed by someone else", signed(HEADER, "payload", OTHER), "invalid_signature"),
        bad("payload-changed", "a signature is of these bytes", f"{head}.{url('Payload')}.{signature}",
            "invalid_signature"),
        bad("header-changed", "the header is signed too", f"{url(text(HEADER | {'x': 1}))}.{body}.{signature}",
            "invalid_signature"),
        bad("rs256-confusion", "the key decides how to verify, not the token (RFC 8725 2.1)",
            signed(HEADER | {"alg": "RS256"}, "payload"), "unsupported_algorithm"),
        bad("hs512", "one algorithm only", signed(HEADER | {"alg": "HS512"}, "payload", digest=hashlib.sha512),
            "unsupported_algorithm"),
        bad("hs512-header-hs256-signature", "whatever made the signature",
            signed(HEADER | {"alg": "HS512"}, "payload"), "unsupported_algorithm"),
        bad("alg-lower-case", "names of algorithms are case-sensitive (RFC 7515 4.1.1)",
            signed(HEADER | {"alg": "hs256"}, "payload"), "unsupported_algorithm"),
        bad("alg-missing", "a header says its algorithm", signed({"typ": "JWT"}, "payload"), "malformed_token"),
        bad("alg-array", "an algorithm is text", signed(HEADER | {"alg": ["HS256"]}, "payload"), "malformed_token"),
        bad("alg-null", "an algorithm is text", signed(HEADER | {"alg": None}, "payload"), "malformed_token"),
        bad("alg-twice", "two readers could take different ones",
            signed('{"alg":"HS256","alg":"none"}', "payload"), "malformed_token"),
        bad("alg-twice-escaped", "an escaped key is the same key",
            signed('{"alg":"HS256","\\u0061lg":"none"}', "payload"), "malformed_token"),
        bad("crit", "what is critical and not understood is refused (RFC 7515 4.1.11)",
            signed(HEADER | {"crit": ["exp"], "exp": 1}, "payload"), "unsupported_header"),
        bad("crit-empty", "an empty list must not be used either", signed(HEADER | {"crit": []}, "payload"),
            "unsupported_header"),
        bad("header-array", "a header is an object", signed('["HS256"]', "payload"), "malformed_token"),
        bad("header-not-json", "a header is JSON", signed("HS256", "payload"), "malformed_token"),
        bad("header-empty", "a header is JSON", f".{body}.{signature}", "malformed_token"),
        bad("header-bom", "no byte order mark", signed(b"\xef\xbb\xbf" + text(HEADER).encode(), "payload"),
            "malformed_token"),
        bad("header-invalid-utf8", "JSON is UTF-8", signed(b'{"alg":"HS256","x":"\xff"}', "payload"),
            "malformed_token"),
        bad("header-nul", "no control characters in strings", signed('{"alg":"HS256","x":"\0"}', "payload"),
            "malformed_token"),
        bad("header-deep", "nesting is bounded", signed('{"alg":"HS256","x":' + "[" * 40 + "]" * 40 + "}", "payload"),
            "malformed_token"),
        bad("signature-empty", "nothing signs nothing", f"{head}.{body}.", "invalid_signature"),
        bad("signature-short", "a signature has 32 bytes", f"{head}.{body}.{signature[:-4]}", "malformed_token"),
        bad("signature-31-bytes", "a signature has 32 bytes", f"{head}.{body}.{url(bytes(31))}", "invalid_signature"),
        bad("signature-33-bytes", "a signature has 32 bytes", f"{head}.{body}.{url(bytes(33))}", "invalid_signature"),
        bad("signature-padded", "base64url here has no padding (RFC 7515 2)", good + "=", "malformed_token"),
        bad("signature-stray-bits", "one text for one signature", f"{head}.{body}.{stray(signature)}",
            "malformed_token"),
        bad("payload-padded", "no padding", f"{head}.{body}==.{signature}", "invalid_signature"),
        bad("payload-stray-bits", "changed text, changed signature", f"{head}.{stray(body)}.{signature}",
            "invalid_signature"),
        bad("standard-alphabet", "the alphabet is base64url's", with_dash.replace("-", "+").replace("_", "/"),
            "invalid_signature" if not set("-_") & set(with_dash.split(".")[2]) else "malformed_token"),
        bad("two-segments", "three segments", f"{head}.{body}", "malformed_token"),
        bad("four-segments", "three segments", good + ".", "malformed_token"),
        bad("four-segments-inside", "three segments", f"{head}.{body}.{body}.{signature}", "malformed_token"),
        bad("five-segments", "an encrypted token is none of ours", f"{head}.{body}.{body}.{body}.{signature}",
            "malformed_token"),
        bad("empty", "three segments", "", "malformed_token"),
        bad("dots", "a header is JSON", "..", "malformed_token"),
        bad("leading-space", "no white space", " " + good, "malformed_token"),
        bad("trailing-line-end", "no white space", good + "\n", "malformed_token"),
        bad("inner-line-end", "no white space", f"{head[:4]}\n{head[4:]}.{body}.{signature}", "malformed_token"),
        bad("nul", "no such character", good + "\0", "malformed_token"),
        bad("not-ascii", "no such character", good[:-1] + "\u00e9", "malformed_token"),
        bad("full-width", "no such character", good.replace(".", "\uff0e"), "malformed_token"),
        bad("bearer", "a token and nothing around it", "Bearer " + good, "malformed_token"),
        bad("too-long", "what is looked at is bounded", signed(HEADER, "x" * 60_000), "token_too_long"),
    ]
    for spelling in ("none", "None", "NONE", "nOnE"):
        header = url(text({"typ": "JWT", "alg": spelling}))
        for name, end in (("", ""), ("-signed", signature)):
            cases.append(bad(f"alg-{spelling}{name}", "no signature is no proof (RFC 8725 3.2)",
                             f"{header}.{body}.{end}", "unsupported_algorithm"))
    write("jws.verify", "A compact JWS verified by keys, of which any may have an id: header and payload (as text).",
          cases)


# ---------------------------------------------------------------------------------------------------------------

def token_verify():
    base = {"keys": [{"key": b64(KEY)}], "issuer": ISS, "audience": AUD, "now": NOW}

    def good(identifier, why, claims, header=HEADER, source="this project", **given):
        token = signed(header, claims)
        claims = json.loads(claims) if isinstance(claims, str) else claims
        return case(identifier, why, base | given | {"token": token}, {"claims": claims}, source=source)

    def bad(identifier, why, claims, error, header=HEADER, **given):
        return case(identifier, why, base | given | {"token": signed(header, claims)}, error=error)

    def without(*names):
        return {name: value for name, value in CLAIMS.items() if name not in names}

    php = '{"iss":"%s","aud":"%s","iat":%d,"exp":%d,"sub":"%s"}' % (ISS.replace("/", "\\/"), AUD, NOW, NOW + 300, SUB)
    cases = [
        good("njwt", "the published sample's own token", CLAIMS, source="njwt 2.0.1"),
        good("pyjwt", "float times, no nbf", text(without("nbf", "jti", "iat", "exp"))[:-1]
             + f',"iat":{NOW}.123456,"exp":{NOW + 300}.123456}}', {"alg": "HS256", "typ": "JWT"}, source="PyJWT"),
        good("php", "built by hand with hash_hmac: escaped slashes, no nbf, no jti", php, source="PHP, by hand"),
        good("dotnet", "custom claims first, times after", {"otherClaim": "claimValue", "nbf": NOW - 60,
             "exp": NOW + 300, "iat": NOW, "iss": ISS, "aud": AUD, "sub": SUB}, {"alg": "HS256", "typ": "JWT"},
             source="JwtSecurityTokenHandler"),
        good("no-typ", "typ may be left out", CLAIMS, {"alg": "HS256"}),
        bad("typ-other", "a token of another kind", CLAIMS, "wrong_token_type", HEADER | {"typ": "at+jwt"}),
        bad("typ-lower-case", "as it is written", CLAIMS, "wrong_token_type", HEADER | {"typ": "jwt"}),
        bad("typ-number", "a typ is text", CLAIMS, "wrong_token_type", HEADER | {"typ": 1}),
        bad("typ-null", "a typ is text", CLAIMS, "wrong_token_type", HEADER | {"typ": None}),
        case("access-token", "an access token is no auth token", base | {"issuer": AUD, "audience": ISS,
             "token": signed(GRANT_HEADER, GRANT)}, error="wrong_token_type"),
        # exp
        good("exp-last-second", "a leeway of 60 seconds", CLAIMS, now=NOW + 359),
        bad("exp-past-leeway", "at its exp a token has expired (RFC 7519 4.1.4)", CLAIMS, "token_expired", now=NOW + 360),
        good("exp-no-leeway", "the second before", CLAIMS, now=NOW + 299, leewaySeconds=0),
        bad("exp-no-leeway-now", "the second itself", CLAIMS, "token_expired", now=NOW + 300, leewaySeconds=0),
        good("exp-fraction", "half a second left", CLAIMS | {"exp": NOW + 0.5}, leewaySeconds=0),
        bad("exp-fraction-past", "half a second too late", CLAIMS | {"exp": NOW - 0.5}, "token_expired", leewaySeconds=0),
        bad("exp-missing", "a token that never expires is none", without("exp"), "missing_claim"),
        bad("exp-text", "a time is a number", CLAIMS | {"exp": str(NOW + 300)}, "invalid_claim"),
        bad("exp-null", "a time is a number", CLAIMS | {"exp": None}, "invalid_claim"),
        bad("exp-true", "a time is a number", CLAIMS | {"exp": True}, "invalid_claim"),
        bad("exp-negative", "before 1970", CLAIMS | {"exp": -1}, "token_expired"),
        good("exp-huge", "no overflow", text(CLAIMS).replace(str(NOW + 300), "18446744073709551615")),
        good("exp-huge-float", "no overflow", text(CLAIMS).replace(str(NOW + 300), "1e300")),
        bad("exp-minus-huge", "no overflow", text(CLAIMS).replace(str(NOW + 300), "-1e300"), "token_expired"),
        bad("exp-out-of-range", "no number that a double can't hold", text(CLAIMS).replace(str(NOW + 300), "1e400"),
            "malformed_claims"),
        # nbf, iat
        good("nbf-within-leeway", "a clock may be late", CLAIMS | {"nbf": NOW + 60}),
        bad("nbf-past-leeway", "not yet", CLAIMS | {"nbf": NOW + 61}, "token_not_yet_valid"),
        good("nbf-fraction", "rounds no token out", CLAIMS | {"nbf": NOW - 0.5}, leewaySeconds=0),
        bad("nbf-fraction-not-yet", "half a second too early", CLAIMS | {"nbf": NOW + 0.5}, "token_not_yet_valid",
            leewaySeconds=0),
        bad("nbf-text", "a time is a number", CLAIMS | {"nbf": "0"}, "invalid_claim"),
        good("iat-within-leeway", "a clock may be late", CLAIMS | {"iat": NOW + 60}),
        bad("iat-past-leeway", "made in the future", CLAIMS | {"iat": NOW + 61}, "token_from_future"),
        bad("iat-text", "a time is a number", CLAIMS | {"iat": "yesterday"}, "invalid_claim"),
        good("iat-missing", "only exp is needed", without("iat", "nbf")),
        # lifetime
        good("lifetime-bound", "the bound and the leeway", CLAIMS | {"exp": NOW + 3660}, maxLifetimeSeconds=3600),
        bad("lifetime-too-long", "a token for life is refused", CLAIMS | {"exp": NOW + 3661}, "token_lives_too_long",
            maxLifetimeSeconds=3600),
        # iss, aud, sub
        bad("iss-other", "another application", CLAIMS | {"iss": "https://evil.example.com"}, "wrong_issuer"),
        bad("iss-slash", "byte for byte", CLAIMS | {"iss": ISS + "/"}, "wrong_issuer"),
        bad("iss-case", "byte for byte", CLAIMS | {"iss": ISS.upper()}, "wrong_issuer"),
        bad("iss-missing", "a token says from whom", without("iss"), "missing_claim"),
        bad("iss-array", "one issuer", CLAIMS | {"iss": [ISS]}, "invalid_claim"),
        bad("iss-empty", "not nothing", CLAIMS | {"iss": ""}, "invalid_claim"),
        good("iss-any", "any holder of the key, if that is asked for", CLAIMS | {"iss": "other"}, issuer=None),
        bad("iss-any-missing", "it must still say", without("iss"), "missing_claim", issuer=None),
        bad("aud-other", "meant for another host", CLAIMS | {"aud": "other.example.com"}, "wrong_audience"),
        bad("aud-prefix", "the whole text", CLAIMS | {"aud": AUD + ".evil.com"}, "wrong_audience"),
        bad("aud-missing", "a token says for whom", without("aud"), "missing_claim"),
        good("aud-array", "one of several (RFC 7519 4.1.3)", CLAIMS | {"aud": ["other", AUD]}),
        bad("aud-array-other", "none of several", CLAIMS | {"aud": ["other", "another"]}, "wrong_audience"),
        bad("aud-array-empty", "nobody", CLAIMS | {"aud": []}, "wrong_audience"),
        bad("aud-array-mixed", "all of them text", CLAIMS | {"aud": [AUD, 1]}, "invalid_claim"),
        bad("aud-object", "text or an array", CLAIMS | {"aud": {AUD: True}}, "invalid_claim"),
        good("aud-any", "anyone, if that is asked for", CLAIMS | {"aud": "other"}, audience=None),
        good("aud-any-array", "one of them is one", CLAIMS | {"aud": ["", "other"]}, audience=None),
        bad("aud-any-empty", "but someone", CLAIMS | {"aud": ""}, "invalid_claim", audience=None),
        bad("aud-any-array-empty", "but someone", CLAIMS | {"aud": []}, "invalid_claim", audience=None),
        bad("aud-any-array-of-empty", "but someone", CLAIMS | {"aud": [""]}, "invalid_claim", audience=None),
        bad("aud-any-missing", "but someone", without("aud"), "missing_claim", audience=None),
        good("sub-missing", "not asked for", without("sub")),
        bad("sub-required", "asked for", without("sub"), "missing_claim", requireSubject=True),
        bad("sub-empty", "not nothing", CLAIMS | {"sub": ""}, "invalid_claim", requireSubject=True),
        bad("sub-number", "text", CLAIMS | {"sub": 7}, "invalid_claim", requireSubject=True),
        # payload
        bad("claim-twice", "two readers could take different ones",
            text(CLAIMS)[:-1] + ',"sub":"root"}', "malformed_claims"),
        bad("claim-twice-nested", "at any depth", text(CLAIMS)[:-1] + ',"o":{"a":1,"a":2}}', "malformed_claims"),
        bad("claim-twice-escaped", "an escaped key is the same key",
            text(CLAIMS)[:-1] + ',"\\u0073ub":"root"}', "malformed_claims"),
        good("proto", "a key like any other", text(CLAIMS)[:-1] + ',"__proto__":{"admin":true},"constructor":1}'),
        bad("payload-array", "claims are an object", "[]", "malformed_claims"),
        bad("payload-text", "claims are an object", '"claims"', "malformed_claims"),
        bad("payload-empty", "claims are an object", "", "malformed_claims"),
        bad("payload-trailing", "one value", text(CLAIMS) + "{}", "malformed_claims"),
        bad("payload-bom", "no byte order mark", b"\xef\xbb\xbf" + text(CLAIMS).encode(), "malformed_claims"),
        bad("payload-invalid-utf8", "JSON is UTF-8", text(CLAIMS).encode()[:-1] + b',"x":"\xc3"}', "malformed_claims"),
        bad("payload-nul", "no control characters in strings", text(CLAIMS)[:-1] + ',"x":"\0"}', "malformed_claims"),
        bad("payload-lone-surrogate", "no text", text(CLAIMS)[:-1] + ',"x":"\\ud800"}', "malformed_claims"),
        bad("payload-nan", "not JSON", text(CLAIMS)[:-1] + ',"x":NaN}', "malformed_claims"),
        bad("payload-deep", "nesting is bounded", text(CLAIMS)[:-1] + ',"x":' + "[" * 40 + "]" * 40 + "}",
            "malformed_claims"),
        good("payload-white-space", "JSON may have it", json.dumps(CLAIMS, indent=2)),
        good("large-integer", "integers stay exact", text(CLAIMS)[:-1] + ',"x":9007199254740993}'),
        # the signature comes first
        case("expired-and-forged", "the signature comes before the claims", base | {"now": NOW + 9999,
             "token": signed(HEADER, CLAIMS, OTHER)}, error="invalid_signature"),
        case("garbage-and-forged", "the signature comes before the payload", base | {
             "token": signed(HEADER, "garbage", OTHER)}, error="invalid_signature"),
        case("rotated", "any of several keys", base | {"keys": [{"key": b64(OTHER)}, {"key": b64(KEY)}],
             "token": signed(HEADER, CLAIMS)}, {"claims": CLAIMS}),
        case("key-by-kid", "the key that verified it is told", base | {"keys": [
             {"key": b64(OTHER), "id": "old"}, {"key": b64(KEY), "id": "new"}],
             "token": signed(HEADER | {"kid": "new"}, CLAIMS)}, {"claims": CLAIMS, "keyId": "new"}),
        case("key-without-kid", "any of them, and it is told which", base | {"keys": [
             {"key": b64(OTHER), "id": "old"}, {"key": b64(KEY), "id": "new"}],
             "token": signed(HEADER, CLAIMS)}, {"claims": CLAIMS, "keyId": "new"}),
        # several audiences
        good("audiences-first", "any of those that the host has", CLAIMS, audience=[AUD, "other.example.com"]),
        good("audiences-last", "any of those that the host has", CLAIMS, audience=["other.example.com", AUD]),
        good("audiences-of-both", "one in common", CLAIMS | {"aud": ["a", AUD]}, audience=["b", AUD]),
        bad("audiences-none", "none in common", CLAIMS | {"aud": ["a", "c"]}, "wrong_audience", audience=["b", AUD]),
        bad("audiences-empty", "nobody is no audience", CLAIMS, "invalid_claim", audience=[]),
        bad("audiences-with-empty", "nothing is no audience", CLAIMS, "invalid_claim", audience=[AUD, ""]),
    ]
    write("token.verify",
          "An auth token verified at a time by keys, for an issuer and an audience (null: any), with the leeway 60 "
          "seconds unless given: its claims, and the id of the key that verified it, if that has one.", cases)


def nested(levels):
    return [nested(levels - 1)] if levels > 1 else []


def token_mint():
    base = {"key": b64(KEY), "issuer": ISS, "audience": AUD, "subject": SUB, "claims": {"otherClaim": "claimValue"},
            "now": NOW, "jti": JTI}

    def good(identifier, why, **given):
        given = base | given
        claims = {"iss": given["issuer"], "aud": given["audience"], "sub": given["subject"], "jti": given["jti"],
                  "iat": given["now"], "exp": given["now"] + given.get("lifetimeSeconds", 300),
                  "nbf": given["now"] - given.get("backdateSeconds", 60)} | given["claims"]
        indices = sorted((name for name in claims if re.fullmatch("0|[1-9][0-9]{0,8}", name)), key=int)
        claims = {name: claims[name] for name in indices} | claims
        header = HEADER | ({"kid": given["keyId"]} if "keyId" in given else {})
        return case(identifier, why, given, {"token": signed(header, claims)})

    def bad(identifier, why, error, **given):
        return case(identifier, why, base | given, error=error)

    write("token.mint",
          "An auth token minted for a subject with claims at a time and with a jti: the compact token. It lives 300 "
          "seconds and is backdated by 60 unless given; the key's id, if it has one, becomes the kid.", [
              good("sample", "the published sample's own token"),
              good("no-claims", "none but the usual", claims={}),
              good("several-claims", "in their order", claims={"z": 1, "a": [True, None, {"b": "\u00e9\u2028"}]}),
              good("escapes", "JSON.stringify's escapes", subject='a"b\\c\n\u0001', jti="\u007f/\t"),
              good("index-keys", "ECMAScript puts array indices first", claims={"b": 1, "10": 2, "9": 3}),
              good("digit-but-no-index", "not each digit begins an index", claims={"1a": 1, "01": 2}),
              good("lifetime", "as told", lifetimeSeconds=86400, backdateSeconds=0),
              good("long-issuer", "a prefix of several blocks", issuer="https://" + "i" * 200 + ".example.com"),
              good("short-issuer", "a prefix of one block and some bytes", issuer="i", audience="a"),
              good("not-ascii", "UTF-8", issuer="caf\u00e9", audience="\U0001f600", subject="\u4e2d\u6587"),
              good("before-2001", "nine digits", now=999_999_999),
              good("before-1970", "a clock may be wrong", now=-1),
              good("key-id", "the kid", keyId="2026-11"),
              good("key-id-escaped", "any text", keyId='k"\u00e9', claims={"10": 1}),
              bad("empty-subject", "someone asks", "invalid_claim", subject=""),
              bad("empty-issuer", "an application asks", "invalid_claim", issuer=""),
              bad("empty-audience", "of a host", "invalid_claim", audience=""),
              *(bad(f"reserved-{name}", "the minter sets it", "reserved_claim", claims={name: 1})
                for name in ("iss", "aud", "sub", "jti", "iat", "exp", "nbf")),
              bad("too-long", "no verifier looks at more than 64 KiB", "token_too_long", claims={"x": "x" * 49000}),
              bad("too-long-by-index", "in any order", "token_too_long", claims={"1": "x" * 49000}),
              bad("too-deep", "no verifier reads more than 32 levels", "malformed_claims", claims={"x": nested(32)}),
              good("deepest", "the claims are the first level", claims={"x": nested(31)}),
              bad("lifetime-zero", "a token lives", "out_of_range", lifetimeSeconds=0),
              bad("lifetime-too-long", "a day at most", "out_of_range", lifetimeSeconds=86401),
              bad("backdate-too-long", "a day at most", "out_of_range", backdateSeconds=86401),
          ])


def access_token():
    record = {"issuer": AUD, "application": ISS, "subject": SUB, "grantId": JTI, "expiresAt": NOW + 300,
              "approvalRequestId": JTI, "templateId": "PURCHASE_APPROVAL", "contentHash": "ab" * 32}
    write("accessToken.sign", "The signed text that carries a grant; the key's id, if it has one, becomes the kid.", [
        case("named-key", "with a kid", {"key": {"key": b64(KEY), "id": "k1"}, "grant": record},
             {"token": signed(GRANT_HEADER, GRANT)}),
        case("unnamed-key", "without", {"key": {"key": b64(KEY)}, "grant": record},
             {"token": signed({"typ": "jit-grant+jwt", "alg": "HS256"}, GRANT)}),
        *(case(f"empty-{name}", "no verifier takes it", {"key": {"key": b64(KEY)}, "grant": record | {name: ""}},
               error="invalid_claim") for name in record if name != "expiresAt"),
        case("too-long", "no verifier looks at it", {"key": {"key": b64(KEY)}, "grant": record | {
             "subject": "x" * 49000}}, error="token_too_long"),
    ])
    base = {"keys": [{"key": b64(KEY), "id": "k1"}], "issuer": AUD, "application": ISS, "now": NOW}

    def bad(identifier, why, claims, error, header=GRANT_HEADER, key=KEY, **given):
        return case(identifier, why, base | given | {"token": signed(header, claims, key)}, error=error)

    def without(name):
        return {other: value for other, value in GRANT.items() if other != name}

    write("accessToken.verify",
          "An access token verified at a time by keys, for the host that decided and the application that asked, "
          "without leeway unless given: the grant that it carries.", [
              case("good", "a grant", base | {"token": signed(GRANT_HEADER, GRANT)}, {"grant": record}),
              case("last-second", "without leeway", base | {"now": NOW + 299, "token": signed(GRANT_HEADER, GRANT)},
                   {"grant": record}),
              bad("expired", "at its exp", GRANT, "token_expired", now=NOW + 300),
              case("leeway", "if it is asked for", base | {"now": NOW + 300, "leewaySeconds": 1,
                   "token": signed(GRANT_HEADER, GRANT)}, {"grant": record}),
              case("longest-life", "30 days", base | {"token": signed(GRANT_HEADER, GRANT | {"exp": NOW + 2592000})},
                   {"grant": record | {"expiresAt": NOW + 2592000}}),
              bad("lives-longer", "no grant lives longer", GRANT | {"exp": NOW + 2592001}, "token_lives_too_long"),
              case("longest-life-and-leeway", "beside the leeway", base | {"leewaySeconds": 60, "token": signed(
                   GRANT_HEADER, GRANT | {"exp": NOW + 2592060})}, {"grant": record | {"expiresAt": NOW + 2592060}}),
              bad("auth-token", "an auth token is no access token", CLAIMS, "wrong_token_type", HEADER, issuer=ISS,
                  application=AUD),
              bad("auth-token-with-grant-claims", "nor with its claims", GRANT, "wrong_token_type", HEADER),
              bad("no-typ", "it has to say", GRANT, "wrong_token_type", {"alg": "HS256", "kid": "k1"}),
              bad("other-application", "for another application", GRANT | {"aud": "https://other.example.com"},
                  "wrong_audience"),
              bad("other-host", "from another host", GRANT | {"iss": "other.example.com"}, "wrong_issuer"),
              bad("other-key", "signed by someone else", GRANT, "invalid_signature", key=OTHER),
              bad("unknown-key", "by a key that is retired", GRANT, "unknown_key", GRANT_HEADER | {"kid": "k0"}),
              *(bad(f"missing-{name}", "all of it", without(name), "missing_claim") for name in GRANT),
              bad("request-id-number", "text", GRANT | {"approvalRequestId": 7}, "invalid_claim"),
          ])


if __name__ == "__main__":
    if len(sys.argv) == 3:
        converted_njwt(sys.argv[1])
        converted_base64(sys.argv[2])
    jws()
    token_verify()
    token_mint()
    access_token()
