"""JSON Web Signature (RFC 7515), compact, HS256 only: what tokens are built on."""

from ._native import jws_sign as sign
from ._native import jws_verify as verify

__all__ = ["sign", "verify"]
