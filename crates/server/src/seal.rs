//! Seals signing keys under the server key, so that the store alone does not give them away.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use jit_approvals_base::{Id, random};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The version of the format: version byte, nonce of 24 bytes, ciphertext with its tag.
const VERSION: u8 = 1;

const NONCE: usize = 24;

/// What the check value is sealed from.
const CHECK: &[u8] = b"jit-approvals";

/// The name of the check value in the store.
pub(crate) const CHECK_NAME: &str = "server_key";

/// The key under which secrets are sealed.
pub(crate) struct ServerKey(XChaCha20Poly1305);

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ServerKey(redacted)")
    }
}

/// Where a sealed secret belongs. It does not open anywhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) company: Id,
    pub(crate) application: Id,
    pub(crate) key: &'a str,
}

impl Place<'_> {
    /// Each part is preceded by its length.
    fn associated(&self, purpose: &str) -> Vec<u8> {
        let (company, application) = (self.company.to_bytes(), self.application.to_bytes());
        let parts: [&[u8]; 5] = [&[VERSION], purpose.as_bytes(), &company, &application, self.key.as_bytes()];
        let mut text = Vec::new();
        for part in parts {
            text.extend((part.len() as u64).to_be_bytes());
            text.extend(part);
        }
        text
    }
}

impl ServerKey {
    /// Creates a key.
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(bytes.into()))
    }

    /// Seals a signing key.
    pub(crate) fn seal(&self, place: &Place<'_>, secret: &[u8]) -> jit_approvals::Result<Vec<u8>> {
        self.sealed(&place.associated("signing key"), secret)
    }

    /// Opens a sealed signing key. Returns `None` if it was sealed with another key or for another place.
    pub(crate) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.opened(&place.associated("signing key"), sealed)
    }

    /// Returns a value that only this key opens.
    pub(crate) fn check_value(&self) -> jit_approvals::Result<Vec<u8>> {
        self.sealed(&no_place().associated("check"), CHECK)
    }

    /// Whether a check value was made with this key.
    pub(crate) fn made(&self, check: &[u8]) -> bool {
        self.opened(&no_place().associated("check"), check).is_some_and(|opened| *opened == CHECK)
    }

    fn sealed(&self, associated: &[u8], secret: &[u8]) -> jit_approvals::Result<Vec<u8>> {
        let mut nonce = [0; NONCE];
        random::fill(&mut nonce)?;
        let payload = Payload { msg: secret, aad: associated };
        let text = self.0.encrypt(&XNonce::from(nonce), payload).expect("a short secret can be encrypted");
        let mut sealed = vec![VERSION];
        sealed.extend(nonce);
        sealed.extend(text);
        Ok(sealed)
    }

    fn opened(&self, associated: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, text) = rest.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        if *version != VERSION {
            return None;
        }
        let payload = Payload { msg: text, aad: associated };
        self.0.decrypt(&XNonce::from(nonce), payload).ok().map(Zeroizing::new)
    }
}

fn no_place() -> Place<'static> {
    Place { company: Id::NIL, application: Id::NIL, key: "" }
}

/// The file of the server key, and the one that a rotation writes first.
#[derive(Debug, Clone)]
pub(crate) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The file that a rotation writes before it seals everything anew.
    fn next(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        name.into()
    }

    /// Reads the key that made the check value: the file's, or that of a rotation which has sealed everything anew and
    /// was interrupted, or is not finished yet. It changes no file: an operator may call it while a rotation runs.
    pub(crate) fn read(&self, check: &[u8]) -> io::Result<ServerKey> {
        let present = read(&self.path);
        if present.as_ref().is_ok_and(|key| key.made(check)) {
            return present;
        }
        if let Ok(next) = read(&self.next())
            && next.made(check)
        {
            return Ok(next);
        }
        // The rotation may have been finished in between.
        if let Ok(present) = read(&self.path)
            && present.made(check)
        {
            return Ok(present);
        }
        present?;
        Err(io::Error::other(format!("{} is not the key of this store", self.path.display())))
    }

    /// Finishes a rotation that was interrupted, or removes what it has left. Whoever calls this holds the lock of the
    /// folder: beside a rotation that is running, it would remove the only copy of the new key.
    pub(crate) fn settle(&self, check: &[u8]) -> io::Result<()> {
        if read(&self.path).is_ok_and(|key| key.made(check)) {
            return self.remove_next();
        }
        if read(&self.next()).is_ok_and(|key| key.made(check)) {
            return self.use_next();
        }
        Ok(())
    }

    fn remove_next(&self) -> io::Result<()> {
        remove(&self.next())
    }

    /// Removes what is left where writing a key was interrupted: it holds a key. Whoever calls this holds the lock of the
    /// folder.
    pub(crate) fn remove_parts(&self) -> io::Result<()> {
        remove(&part(&self.path))?;
        remove(&part(&self.next()))
    }

    /// Creates the key. The file must not exist.
    pub(crate) fn create(&self) -> io::Result<ServerKey> {
        write(&self.path)?;
        read(&self.path)
    }

    /// Writes the key that a rotation is going to use.
    pub(crate) fn create_next(&self) -> io::Result<ServerKey> {
        self.remove_next()?;
        write(&self.next())?;
        read(&self.next())
    }

    /// Finishes a rotation.
    pub(crate) fn use_next(&self) -> io::Result<()> {
        fs::rename(self.next(), &self.path)?;
        sync_folder(&self.path)
    }

    /// Reads the key, whatever store it is of.
    pub(crate) fn read_any(&self) -> io::Result<ServerKey> {
        read(&self.path)
    }

    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }
}

fn read(path: &Path) -> io::Result<ServerKey> {
    let named = |problem: io::Error| io::Error::new(problem.kind(), format!("{}: {problem}", path.display()));
    let text = Zeroizing::new(fs::read_to_string(path).map_err(named)?);
    let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
    let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.as_slice().try_into().ok());
    let bytes = bytes.map(Zeroizing::new);
    let malformed = || io::Error::other(format!("{} does not hold 32 bytes in base64", path.display()));
    Ok(ServerKey::new(&*bytes.ok_or_else(malformed)?))
}

/// Writes a new key, for the owner only, and makes it durable. The file must not exist. It appears whole or not at all.
fn write(path: &Path) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0; 32]);
    random::fill(bytes.as_mut()).map_err(io::Error::other)?;
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(bytes.as_ref())));
    let part = part(path);
    let _ = fs::remove_file(&part);
    let mut file = private(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // A link, unlike a rename, replaces nothing.
    let linked = fs::hard_link(&part, path);
    fs::remove_file(&part)?;
    linked.map_err(|problem| io::Error::new(problem.kind(), format!("{}: {problem}", path.display())))?;
    sync_folder(path)
}

/// The file that a key is written to before it gets its name.
fn part(path: &Path) -> PathBuf {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    part.into()
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(problem) if problem.kind() != io::ErrorKind::NotFound => Err(problem),
        _ => Ok(()),
    }
}

/// Creates a file for its owner only. It must not exist.
pub(crate) fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|problem| io::Error::new(problem.kind(), format!("{}: {problem}", path.display())))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Returns a new secret of 32 bytes in URL-safe base64, and its SHA-256, which is what is stored.
pub(crate) fn new_secret() -> jit_approvals::Result<(Zeroizing<String>, [u8; 32])> {
    new_secret_with("")
}

/// Returns a new secret that starts with a prefix, and its SHA-256.
pub(crate) fn new_secret_with(prefix: &str) -> jit_approvals::Result<(Zeroizing<String>, [u8; 32])> {
    let mut bytes = Zeroizing::new([0; 32]);
    random::fill(bytes.as_mut())?;
    // Large enough from the start, so that no copy is left behind.
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + 43));
    text.push_str(prefix);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode_string(bytes.as_ref(), &mut text);
    let digest = digest(&text);
    Ok((text, digest))
}

/// Returns the digest under which a secret is stored.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_a_key_changes_no_file() {
        let folder = std::env::temp_dir().join(format!("jit-key-{}", Id::v4().unwrap()));
        fs::create_dir(&folder).unwrap();
        let file = KeyFile::new(&folder.join("server.key"));
        let present = file.create().unwrap();
        let next = file.create_next().unwrap();
        // Before everything is sealed anew, and after it.
        assert!(file.read(&present.check_value().unwrap()).is_ok());
        let check = next.check_value().unwrap();
        assert!(file.read(&check).unwrap().made(&check));
        assert!(file.next().exists());
        assert!(file.create().is_err(), "a key is never replaced");
        file.settle(&check).unwrap();
        assert!(!file.next().exists() && file.read_any().unwrap().made(&check));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_sealed_key_opens_only_at_its_place_and_with_its_server_key() {
        let (key, other) = (ServerKey::new(&[1; 32]), ServerKey::new(&[2; 32]));
        let (company, application) = (Id::v7().unwrap(), Id::v7().unwrap());
        let place = Place { company, application, key: "a" };
        let sealed = key.seal(&place, b"secret").unwrap();
        assert_eq!(key.open(&place, &sealed).unwrap().as_slice(), b"secret");
        assert!(other.open(&place, &sealed).is_none());
        for moved in [
            Place { key: "b", ..place },
            Place { application: company, ..place },
            Place { company: application, ..place },
        ] {
            assert!(key.open(&moved, &sealed).is_none(), "{moved:?}");
        }
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(key.open(&place, &changed).is_none(), "{index}");
        }
        assert!(key.open(&place, &sealed[..20]).is_none());
        assert!(key.made(&key.check_value().unwrap()) && !other.made(&key.check_value().unwrap()));
    }
}
