//! The host in a URL.

use std::net::Ipv4Addr;

use fluent_uri::Uri;

/// The host of a URL, in lower case, with the port if one is given: only if every client finds the same one in it.
/// None for a text that is no URL with a host.
///
/// RFC 3986, read strictly, and of its hosts those that browsers read the same way: names of letters, digits, `-` and
/// `_` between single dots, or IP addresses in their usual form. Other alphabets are in it as punycode.
pub(crate) fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    // What follows the authority plays no part in where it leads.
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let origin = format!("{scheme}://{authority}");
    let authority = Uri::parse(origin.as_str()).ok()?.authority()?;
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

/// RFC 1123 §2.1, with `_`, which is in use. A last label that begins with a digit is read as an IPv4 address by
/// browsers, also in forms such as `0x7f.1`: there, only the usual form is accepted.
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
    fn the_host_that_every_client_finds() {
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
    fn nothing_where_clients_could_differ() {
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
