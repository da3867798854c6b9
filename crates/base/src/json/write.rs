//! Writes ECMAScript text and RFC 8785 text.

use std::cmp::Ordering;

use super::plain::end_of_plain;
use super::{Json, Object};

pub(super) fn ecmascript(value: &Json, text: &mut String) {
    write(value, text, &indices_first);
}

pub(super) fn object(value: &Object, text: &mut String) {
    write_object(value, text, &indices_first);
}

pub(super) fn canonical(value: &Json, text: &mut String) {
    write(value, text, &|object| {
        let mut members: Vec<_> = object.iter().collect();
        members.sort_by(|(a, _), (b, _)| utf16_order(a, b));
        Some(members)
    });
}

pub(super) fn string(value: &str, text: &mut String) {
    text.push('"');
    let mut written = 0;
    loop {
        let end = end_of_plain(value, written);
        text.push_str(&value[written..end]);
        let Some(byte) = value.as_bytes().get(end) else { break };
        written = end + 1;
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            0x08 => text.push_str("\\b"),
            0x09 => text.push_str("\\t"),
            0x0a => text.push_str("\\n"),
            0x0c => text.push_str("\\f"),
            0x0d => text.push_str("\\r"),
            control => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                text.push_str("\\u00");
                text.push(char::from(HEX[usize::from(control >> 4)]));
                text.push(char::from(HEX[usize::from(control & 15)]));
            }
        }
    }
    text.push('"');
}

type Members<'a> = Vec<(&'a str, &'a Json)>;

/// Writes a value. `order` returns the members of an object in a new order, or `None` to keep their order.
fn write(value: &Json, text: &mut String, order: &impl Fn(&Object) -> Option<Members<'_>>) {
    match value {
        Json::Null => text.push_str("null"),
        Json::Bool(true) => text.push_str("true"),
        Json::Bool(false) => text.push_str("false"),
        Json::Number(number) => number.write_to(text),
        Json::String(value) => string(value, text),
        Json::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(element, text, order);
            }
            text.push(']');
        }
        Json::Object(object) => write_object(object, text, order),
    }
}

fn write_object(object: &Object, text: &mut String, order: &impl Fn(&Object) -> Option<Members<'_>>) {
    text.push('{');
    match order(object) {
        Some(members) => write_members(members.into_iter(), text, order),
        None => write_members(object.iter(), text, order),
    }
    text.push('}');
}

fn write_members<'a>(
    members: impl Iterator<Item = (&'a str, &'a Json)>,
    text: &mut String,
    order: &impl Fn(&Object) -> Option<Members<'_>>,
) {
    for (index, (key, value)) in members.enumerate() {
        if index > 0 {
            text.push(',');
        }
        string(key, text);
        text.push(':');
        write(value, text, order);
    }
}

/// Returns the members in ECMAScript's order if a key is an array index: array indices come first, ascending.
fn indices_first(object: &Object) -> Option<Members<'_>> {
    if !object.keys().any(|key| array_index(key).is_some()) {
        return None;
    }
    let mut members: Vec<_> = object.iter().collect();
    // The sort is stable, so the other members keep their order.
    members.sort_by_key(|(key, _)| array_index(key).map_or(u64::MAX, u64::from));
    Some(members)
}

/// Returns the index if ECMAScript treats the key as an array index: 0 to 2^32-2 in its shortest digits
/// (ECMA-262 §10.1.11, `OrdinaryOwnPropertyKeys`).
fn array_index(key: &str) -> Option<u32> {
    let first = *key.as_bytes().first()?;
    if !first.is_ascii_digit() || (first == b'0' && key.len() > 1) {
        return None;
    }
    key.parse().ok().filter(|index| *index != u32::MAX)
}

/// Compares keys by their UTF-16 units (RFC 8785 §3.2.3). This order differs from that of UTF-8 bytes if one of two
/// characters is above U+FFFF: its surrogates come before U+E000 to U+FFFF.
fn utf16_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}
