//! How a server is set up.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;

use crate::limits::Limits;

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the store.
    pub data: PathBuf,
    /// The file of the server key.
    pub server_key: PathBuf,
    /// Where calls are accepted.
    pub listen: SocketAddr,
    /// Where the server is seen from outside, such as `https://approvals.example.com`. By default, the address that it
    /// listens at.
    pub public_url: Option<String>,
    /// Where the metrics are served: a loopback address.
    pub metrics_listen: Option<SocketAddr>,
    /// The most connections.
    pub connections: usize,
    /// The most calls that wait at a time.
    pub waits: usize,
    /// How much each caller may do.
    pub limits: Limits,
    /// The networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Settings {
    /// Returns everything that is wrong, each with the name of its setting.
    pub fn mistakes(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Some(url) = &self.public_url {
            match PublicUrl::parse(url) {
                Err(problem) => wrong.push(format!("publicUrl: {problem}")),
                Ok(url) if !(url.is_secure || self.listen.ip().is_loopback() && url.is_loopback) => wrong
                    .push(
                    "publicUrl: it must start with `https://`, unless it and the listener are on loopback"
                        .to_owned(),
                ),
                Ok(_) => {}
            }
        } else if !self.listen.ip().is_loopback() {
            wrong.push("publicUrl: it is required, because the listener is not on loopback".to_owned());
        }
        if self.metrics_listen.is_some_and(|address| !address.ip().is_loopback()) {
            wrong.push("metricsListen: it must be a loopback address".to_owned());
        }
        if self.metrics_listen.is_some_and(|address| address == self.listen && address.port() != 0) {
            wrong.push("metricsListen: it must differ from `listen`".to_owned());
        }
        if self.connections == 0 || self.connections > 100_000 {
            wrong.push("connections: it must be between 1 and 100000".to_owned());
        }
        if self.waits == 0 || self.waits > 100_000 {
            wrong.push("waits: it must be between 1 and 100000".to_owned());
        }
        wrong
    }
}

/// Where a server is seen from outside.
#[derive(Debug, Clone)]
pub(crate) struct PublicUrl {
    /// `https://approvals.example.com`
    pub(crate) origin: String,
    /// `approvals.example.com`, with the port if there is one.
    pub(crate) authority: String,
    /// The values of `aud` that mean this server.
    pub(crate) audiences: Vec<String>,
    pub(crate) is_secure: bool,
    pub(crate) is_loopback: bool,
}

impl PublicUrl {
    /// Reads a URL: scheme, host, port; no path, query or user.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let url: http::Uri = text.parse().map_err(|_| format!("`{text}` is not a URL"))?;
        let is_secure = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(format!("`{text}` must start with `https://` or `http://`")),
        };
        let authority = url.authority().map(ToString::to_string).unwrap_or_default();
        if authority.is_empty() || authority.contains('@') {
            return Err(format!("`{text}` must have a host and no user"));
        }
        if !url.path().trim_end_matches('/').is_empty() || url.query().is_some() {
            return Err(format!("`{text}` must have no path and no query"));
        }
        let authority = authority.to_ascii_lowercase();
        // Browsers leave the default port out of `Origin`.
        let default = if is_secure { ":443" } else { ":80" };
        let authority = authority.strip_suffix(default).unwrap_or(&authority).to_owned();
        let host = url.host().unwrap_or_default().to_ascii_lowercase();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        let scheme = if is_secure { "https" } else { "http" };
        let origin = format!("{scheme}://{authority}");
        Ok(Self { audiences: audiences(&origin, &authority), origin, authority, is_secure, is_loopback })
    }
}

/// The host with and without its port, the origin and the base path, each with and without a slash.
fn audiences(origin: &str, authority: &str) -> Vec<String> {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let base = format!("{origin}{}", jit_approvals_api::paths::BASE);
    let (slash, base_slash) = (format!("{origin}/"), format!("{base}/"));
    let mut audiences =
        vec![authority.to_owned(), host.to_owned(), origin.to_owned(), slash, base, base_slash];
    audiences.dedup();
    audiences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_has_a_host_and_nothing_behind_it() {
        let url = PublicUrl::parse("https://Approvals.example.com:8443/").unwrap();
        assert_eq!(url.origin, "https://approvals.example.com:8443");
        assert!(url.audiences.contains(&"approvals.example.com".to_owned()));
        assert!(url.audiences.contains(&"https://approvals.example.com:8443/nl3/api/v1".to_owned()));
        assert_eq!(PublicUrl::parse("https://A.example:443").unwrap().origin, "https://a.example");
        assert_eq!(PublicUrl::parse("http://a.example:443").unwrap().authority, "a.example:443");
        assert!(PublicUrl::parse("http://LocalHost:80").unwrap().is_loopback);
        assert!(!url.is_loopback && PublicUrl::parse("http://[::1]:80").unwrap().is_loopback);
        for wrong in
            ["approvals.example.com", "ftp://a", "https://a/b", "https://a?b", "https://me@a", "https://"]
        {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
