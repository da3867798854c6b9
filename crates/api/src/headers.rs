//! The names of headers, in lower case.

/// The auth token of an application. `Authorization: Bearer` is accepted, too.
pub const AUTHORIZATION_TOKEN: &str = "x-nl3-authorization-token";

/// The location of the device that a request is made from: `lat,lon` in decimal degrees.
pub const DEVICE_LOCATION: &str = "x-nl3-device-location";

/// Makes a call repeatable: 1 to 255 visible ASCII characters.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES: usize = 255;

/// The id of a call, in every answer. Problems name it as `instance`.
pub const REQUEST_ID: &str = "x-request-id";

/// The brands of a browser, which it sends on its own.
pub const BRANDS: &str = "sec-ch-ua";

/// The platform of a browser, which it sends on its own.
pub const PLATFORM: &str = "sec-ch-ua-platform";

/// Where a browser's call comes from: `same-origin` and others.
pub const FETCH_SITE: &str = "sec-fetch-site";

/// What the secret of a personal token starts with.
pub const PERSONAL_TOKEN_PREFIX: &str = "jitp_";

/// The id of the last event of a stream that a client has seen.
pub const LAST_EVENT_ID: &str = "last-event-id";

/// Returns the spelling of a header in messages and in `field`, which is that of the documentation. Other headers are as
/// they are given.
pub fn spelling(name: &'static str) -> &'static str {
    match name {
        AUTHORIZATION_TOKEN => "X-Nl3-Authorization-Token",
        DEVICE_LOCATION => "X-nl3-device-location",
        IDEMPOTENCY_KEY => "Idempotency-Key",
        FETCH_SITE => "Sec-Fetch-Site",
        LAST_EVENT_ID => "Last-Event-ID",
        "authorization" => "Authorization",
        "content-type" => "Content-Type",
        "if-match" => "If-Match",
        "origin" => "Origin",
        other => other,
    }
}
