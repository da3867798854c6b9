//! The signing keys of applications, opened and ready to verify.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jit_approvals::token::KeyRing;
use jit_approvals::{SigningKey, Verifier};
use jit_approvals_api::errors;
use jit_approvals_store::{ApplicationRow, Failure, Identified, Reader, SigningKeyRow};

use crate::refusal::Result;
use crate::seal::{Place, ServerKey};

/// The longest life of an auth token, in seconds.
pub(crate) const LONGEST_LIFE: i64 = 3600;

/// The most applications whose keys are kept.
const KEPT: usize = 10_000;

/// An application whose keys are opened.
#[derive(Debug)]
pub(crate) struct Ring {
    pub(crate) application: ApplicationRow,
    keys: Vec<SigningKey>,
    pub(crate) verifier: Verifier,
}

impl Ring {
    /// Returns the key with an id.
    pub(crate) fn key(&self, id: Option<&str>) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.id() == id)
    }
}

/// The rings that were opened, by `iss`, each with what the `iss` led to at that time.
#[derive(Debug, Default)]
pub(crate) struct Rings(Mutex<Opened>);

/// An application without a ring is kept, too: its tokens cost the same statements as those of an unknown one.
type Opened = HashMap<String, (Identified, Option<Arc<Ring>>)>;

impl Rings {
    /// Returns the ring of an application. `None` if it is not active or has no key.
    pub(crate) fn of(
        &self,
        reader: &mut dyn Reader,
        server: &ServerKey,
        found: Identified,
        iss: &str,
        audiences: &[String],
    ) -> Result<Option<Arc<Ring>>> {
        if let Some((known, ring)) = self.rings().get(iss)
            && *known == found
        {
            return Ok(ring.clone());
        }
        let ring = open(reader, server, found, iss, audiences)?.map(Arc::new);
        let mut rings = self.rings();
        if rings.len() >= KEPT {
            rings.clear();
        }
        rings.insert(iss.to_owned(), (found, ring.clone()));
        Ok(ring)
    }

    fn rings(&self) -> MutexGuard<'_, Opened> {
        self.0.lock().expect("nobody panics while holding the rings")
    }
}

fn open(
    reader: &mut dyn Reader,
    server: &ServerKey,
    found: Identified,
    iss: &str,
    audiences: &[String],
) -> Result<Option<Ring>> {
    let Identified { company, application, .. } = found;
    let Some(row) = ApplicationRow::find(reader, company, application)? else { return Ok(None) };
    let mut keys = Vec::new();
    for key in SigningKeyRow::list(reader, company, application)? {
        if key.retired_at.is_some() {
            continue;
        }
        let place = Place { company, application, key: &key.id };
        let secret = server.open(&place, &key.sealed).ok_or_else(|| {
            Failure::Corrupt(format!("the signing key {} of {application} does not open", key.id))
        })?;
        // What is sealed is the key's base64 text.
        let text = std::str::from_utf8(&secret).map_err(|_| errors::internal_error())?;
        keys.push(SigningKey::from_base64(text)?.with_id(&key.id));
    }
    if !row.active || keys.is_empty() {
        return Ok(None);
    }
    let verifier = verifier(KeyRing::new(keys.iter().cloned())?, iss, audiences)?;
    Ok(Some(Ring { application: row, keys, verifier }))
}

/// Creates the verifier of an application.
pub(crate) fn verifier(keys: KeyRing, iss: &str, audiences: &[String]) -> jit_approvals::Result<Verifier> {
    let builder = Verifier::builder(keys).issuer(iss).audiences(audiences.iter().cloned());
    builder.max_lifetime(Duration::from_secs(LONGEST_LIFE.unsigned_abs())).require_subject().build()
}
