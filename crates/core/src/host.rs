//! Finds the host in a URL.

use std::net::Ipv4Addr;

use fluent_uri::Uri;

/// Returns the host of a URL in lower case, with the port if the URL has one. Returns `None` if the text is not a URL
/// with a host, or if clients could disagree about the host.
///
/// The URL must follow RFC 3986 strictly, and browsers must read its host in the same way. Therefore the host is a name
/// or an IP address in its usual form. A name consists of letters, digits, `-` and `_`, separated by single dots.
/// Names in other alphabets must be in punycode.
pub(crate) fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    // The text after the authority has no influence on the host.
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let origin = &url[..scheme.len() + "://".len() + end];
    let authority = Uri::parse(origin).ok()?.authority()?;
    let well_formed = match authority.host().strip_prefix('[') {
        Some(_) => true,
        None => is_name(authority.host()),
    };
    let port = authority.port().map(|port| port.as_str().parse::<u16>());
    match port {
        _ if authority.has_userinfo() || !well_formed => None,
        Some(Ok(port)) => Some(format!("{}:{port}", authority.host().to_ascii_lowercase())),
        Some(Err(_)) => None,
        None => Some(authority.host().to_ascii_lowercase()),
    }
}

/// Whether a host is a name by RFC 1123 §2.1. Also accepts `_`, because it is in use.
///
/// If the last label begins with a digit, browsers read the host as an IPv4 address, even in forms such as `0x7f.1`. In
/// this case, only the usual form of an address is accepted.
fn is_name(host: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(allowed);
    let number =
        host.rsplit('.').next().is_some_and(|last| last.starts_with(|first: char| first.is_ascii_digit()));
    host.len() <= 253 && host.split('.').all(label) && (!number || host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_host_that_every_client_finds_is_returned() {
        for (url, expected) in [
            ("https://Shop.example.com", "shop.example.com"),
            ("https://shop.example.com:8443/i/1?a[]=1|2#x", "shop.example.com:8443"),
            ("http://127.0.0.1", "127.0.0.1"),
            ("https://[2001:DB8::1]:443/", "[2001:db8::1]:443"),
            ("https://xn--bcher-kva.example?u=https://good.com", "xn--bcher-kva.example"),
            ("https://localhost#@good.com", "localhost"),
        ] {
            assert_eq!(host(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn a_host_about_which_clients_could_disagree_is_not_returned() {
        for url in [
            "shop.example.com",
            "evil.com/?u=https://good.com",
            r"https://evil.com\.good.com",
            "https://good.com@evil.com",
            "https://good.com:x@evil.com",
            "https://",
            "https:///path",
            "https://.good.com",
            "https://good..com",
            "https://good.com.",
            "https://good.com%2eevil.com",
            "https://0x7f.1",
            "https://127.1",
            "https://bücher.example",
            "https://good.com:",
            "https://good.com:65536",
            "https://[::1",
            "https://[evil.com]",
            "https://good.com\t.evil.com",
            "://good.com",
            "1x://good.com",
        ] {
            assert_eq!(host(url), None, "{url}");
        }
    }
}
