//! Compares the strict JSON reader with `serde_json`.

use jit_approvals_tests::{fuzz, values};
use proptest::prelude::*;

proptest! {
    #[test]
    fn serde_json_gives_the_same_verdict_on_pieces(text in "[\\[\\]{}:,\"\\\\ua0-9eE+\\-. tfn\n]{0,24}") {
        fuzz::json(text.as_bytes());
    }

    #[test]
    fn serde_json_gives_the_same_verdict_on_damaged_text(
        value in values::json(),
        damage in prop::collection::vec((any::<u16>(), 0..3_u8, any::<u8>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = value.to_string().replace(',', ",\n").into_bytes();
        for (index, kind, odd, byte) in damage {
            const ODD: &[u8] = b"[]{}:,\"\\/0.eE+-tfnul \n\t\r\x00\x1f\x7f\xc3\xff\xed";
            let index = usize::from(index) % (bytes.len() + 1);
            let byte = if byte < 200 { ODD[usize::from(odd) % ODD.len()] } else { byte };
            match kind {
                0 => bytes.insert(index, byte),
                1 if index < bytes.len() => bytes[index] = byte,
                _ if index < bytes.len() => drop(bytes.remove(index)),
                _ => bytes.truncate(index / 2),
            }
        }
        fuzz::json(&bytes);
    }
}
