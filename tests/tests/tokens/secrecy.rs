//! Tests that no text and no memory shows a signing key.

use jit_approvals::token::KeyRing;
use jit_approvals::{Minter, SigningKey, Verifier};

#[test]
fn no_text_shows_a_key() {
    let text = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA==";
    let key = SigningKey::from_base64(text).unwrap().with_id("k1");
    let ring = KeyRing::from(&key);
    let minter = Minter::builder(&key).issuer("shop").audience("host").build().unwrap();
    let verifier = Verifier::builder(&key).issuer("shop").audience("host").build().unwrap();
    for shown in [format!("{key:?}"), format!("{ring:?}"), format!("{minter:?}"), format!("{verifier:#?}")] {
        assert!(shown.contains("SigningKey") && shown.contains("k1"), "{shown}");
        for part in ["secret", "c2Vj", "115", "73"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}

#[test]
fn no_error_repeats_a_part_of_a_key() {
    let secret = "c2VjcmV0";
    for text in
        [format!("{secret}!{secret}"), format!("{secret}="), secret.to_owned(), format!("{secret}\u{e9}")]
    {
        let error = SigningKey::from_base64(&text).unwrap_err();
        for shown in [format!("{error}"), format!("{error:?}"), error.to_json().to_string()] {
            assert!(!shown.contains("c2Vj") && !shown.contains("secret"), "{shown}");
        }
    }
    let place = SigningKey::from_base64("AAAA\nAA*A").unwrap_err();
    assert_eq!(place.place(), Some(jit_approvals::json::Place::new(2, 3)));
}

/// Counts the occurrences of bytes in the writable memory of this process. The caller passes the complement of the
/// bytes, so that the search does not find its own argument.
#[cfg(target_os = "linux")]
fn count_in_memory(complement: &[u8]) -> usize {
    use std::io::{Read as _, Seek as _, SeekFrom};

    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw-p ") && !line.contains("[stack]")) {
        let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let (start, end) = (u64::from_str_radix(start, 16).unwrap(), u64::from_str_radix(end, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        memory.seek(SeekFrom::Start(start)).unwrap();
        if memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        // Complements the copy at once, so that the search does not find it in a later region.
        for byte in &mut bytes {
            *byte = !*byte;
        }
        found += bytes.windows(complement.len()).filter(|window| *window == complement).count();
    }
    found
}

#[test]
#[cfg(target_os = "linux")]
fn the_heap_forgets_a_key() {
    let complement = |bytes: &[u8]| bytes.iter().map(|byte| !byte).collect::<Vec<u8>>();
    let text = zeroize::Zeroizing::new(SigningKey::generate_base64().unwrap());
    let of_text = complement(text.as_bytes());
    assert!(count_in_memory(&of_text) > 0, "the search finds the text while it exists");
    let key = SigningKey::from_base64(&text).unwrap();
    let of_bytes = complement(&decoded(&text));
    drop(text);
    let minter = Minter::builder(&key).issuer("shop").audience("host").build().unwrap();
    minter.mint("kevin", &jit_approvals::json::Object::new()).unwrap();
    assert_eq!(count_in_memory(&of_text), 0, "the text is overwritten with zeros when it is dropped");
    assert_eq!(count_in_memory(&of_bytes), 0, "the bytes are not kept");
}

/// Decodes the bytes of a key into a buffer that is overwritten with zeros when it is dropped. Leaves no other copy.
#[cfg(target_os = "linux")]
fn decoded(text: &str) -> zeroize::Zeroizing<Vec<u8>> {
    use base64::Engine as _;
    let mut bytes = zeroize::Zeroizing::new(vec![0; 33]);
    let length = base64::engine::general_purpose::STANDARD.decode_slice(text, &mut bytes).unwrap();
    bytes.truncate(length);
    bytes
}
