//! Input from files, standard input and the environment.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jit_approvals::json::Object;
use jit_approvals::token::KeyRing;
use jit_approvals::{Origin, SigningKey};
use zeroize::Zeroizing;

use crate::Failure;

/// The maximum size of an input in bytes.
const LONGEST: u64 = 1 << 20;

/// The source of the signing key. It is never an argument, because process lists and shell histories show arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct KeySource {
    /// Read the base64 signing key from this file [default: the environment variable `SIGNING_KEY`]
    #[arg(long, value_name = "FILE")]
    key_file: Vec<PathBuf>,

    /// Accept keys with at least this number of bytes, for keys that are older than the 32-byte rule
    #[arg(long, value_name = "BYTES", default_value_t = SigningKey::MIN_BYTES, value_parser = at_least_one)]
    min_key_bytes: usize,
}

impl KeySource {
    /// Returns the one key to sign with. An error names the file of the key.
    pub(crate) fn key(&self) -> Result<SigningKey, Failure> {
        match self.keys()?.as_slice() {
            [key] => Ok(key.clone()),
            _ => Err(Failure::usage(
                "give exactly one --key-file for signing; several are allowed only for verifying",
            )),
        }
    }

    /// Returns the keys to verify with.
    pub(crate) fn ring(&self) -> Result<KeyRing, Failure> {
        Ok(KeyRing::new(self.keys()?)?)
    }

    fn keys(&self) -> Result<Vec<SigningKey>, Failure> {
        if self.key_file.is_empty() {
            let text = std::env::var("SIGNING_KEY").map(Zeroizing::new);
            let text = text.map_err(|_| Failure::usage("give --key-file FILE, or set SIGNING_KEY"))?;
            return Ok(vec![self.read(&text, "SIGNING_KEY")?]);
        }
        let read = |path: &PathBuf| self.read(&file(path)?, &path.display().to_string());
        self.key_file.iter().map(read).collect()
    }

    fn read(&self, text: &str, from: &str) -> Result<SigningKey, Failure> {
        let key = SigningKey::from_base64_with_at_least(text, self.min_key_bytes);
        Ok(key.map_err(|error| error.with_field(from))?)
    }
}

/// Reads the text of a file, or of standard input for `-`. The text is zeroed when dropped, because it may be a secret.
pub(crate) fn file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    if path == Path::new("-") {
        return read(io::stdin().lock(), "standard input");
    }
    let name = path.display().to_string();
    read(File::open(path).map_err(Failure::io(name.clone()))?, &name)
}

fn read(source: impl Read, name: &str) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    source.take(LONGEST + 1).read_to_string(&mut text).map_err(Failure::io(name))?;
    if text.len() as u64 > LONGEST {
        let error =
            io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than the limit of {LONGEST} bytes"));
        return Err(Failure::io(name)(error));
    }
    Ok(text)
}

/// Splits a text of the form `NAME=VALUE`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must have the form NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Returns the values of an option as an object. Each name may occur only once.
pub(crate) fn object(option: &str, pairs: &[(String, String)]) -> Result<Object, Failure> {
    let mut object = Object::new();
    for (name, value) in pairs {
        if object.insert(name, value.as_str()).is_some() {
            return Err(Failure::usage(format!("{option} is given twice for `{name}`")));
        }
    }
    Ok(object)
}

/// The origin of a request. An auth token would prove it, but here the user of this machine states it.
#[derive(Debug, clap::Args)]
pub(crate) struct Asking {
    /// The application that asks: a host or URL
    #[arg(long, default_value = "localhost")]
    application: String,

    /// The user on whose behalf the application asks; by default, this user may not approve
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,

    /// The name that `$(companyName)` shows [default: the application's host]
    #[arg(long, value_name = "NAME")]
    company_name: Option<String>,

    /// A claim of the auth token; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    claim: Vec<(String, String)>,
}

impl Asking {
    pub(crate) fn origin(&self) -> Result<Origin, Failure> {
        let missing = || Failure::usage("give --subject, the user on whose behalf the application asks");
        self.origin_for(self.subject.as_deref().ok_or_else(missing)?)
    }

    /// Like `origin`, but for a preview that nobody approves: the subject is optional.
    pub(crate) fn origin_of_preview(&self) -> Result<Origin, Failure> {
        self.origin_for(self.subject.as_deref().unwrap_or("nobody"))
    }

    fn origin_for(&self, subject: &str) -> Result<Origin, Failure> {
        let mut origin = Origin::new(&self.application, subject)?;
        if let Some(name) = &self.company_name {
            origin = origin.with_company_name(name)?;
        }
        Ok(origin.with_claims(object("--claim", &self.claim)?))
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bytes) if bytes > 0 => Ok(bytes),
        _ => Err("must be an integer of at least 1".to_owned()),
    }
}
