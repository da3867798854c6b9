//! Tests what the strict reader accepts and rejects, and what the writers write.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jit_approvals_base::{Json, Limits, Number, Object};
use proptest::prelude::*;

/// Returns the code, line and column of the error.
fn rejection(bytes: &[u8]) -> (&'static str, u32, u32) {
    let error = Json::parse_within(bytes, Limits::default()).expect_err("this is not strict JSON");
    let place = error.place().unwrap();
    (error.code().as_str(), place.line(), place.column())
}

#[test]
fn errors_have_line_and_column() {
    let cases: &[(&[u8], &str, u32, u32)] = &[
        (b"", "malformed_json", 1, 1),
        (b"{\"a\":", "malformed_json", 1, 6),
        (b"{\"approvers\": [\"steve\\@nl3.com\"]}", "malformed_json", 1, 23),
        (b"[1,\n 2,\n x]", "malformed_json", 3, 2),
        (b"[1,]", "malformed_json", 1, 4),
        (b"1 2", "malformed_json", 1, 3),
        (b"01", "malformed_json", 1, 2),
        (b"1e400", "malformed_json", 1, 5),
        (b"NaN", "malformed_json", 1, 1),
        (b"\"\\ud800\"", "malformed_json", 1, 8),
        (b"\"\\udc00\"", "malformed_json", 1, 7),
        (b"\"\x01\"", "malformed_json", 1, 2),
        (b"\"\xff\"", "malformed_json", 1, 2),
        (b"\xef\xbb\xbf{}", "malformed_json", 1, 1),
        (b"{\"a\": 1, \"a\": 2}", "duplicate_key", 1, 10),
        ("{\"é\": 1, \"\\u00e9\": 2}".as_bytes(), "duplicate_key", 1, 10),
        (b"{\"\\\"\": 1,\n  \"\\\"\": 2}", "duplicate_key", 2, 3),
        (b"{\"a\": 1,\n\"a\" \n : 2}", "duplicate_key", 2, 1),
        (b"{\"a\": {\"b\": 1, \"b\": 1}}", "duplicate_key", 1, 16),
    ];
    for (bytes, code, line, column) in cases {
        assert_eq!(rejection(bytes), (*code, *line, *column), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn an_unknown_escape_is_named() {
    let message = |text: &str| Json::parse(text).unwrap_err().to_string();
    assert_eq!(
        message(r#""steve\@nl3.com""#),
        r#"malformed JSON: `@` needs no backslash: one of `"\/bfnrtu` must follow `\` at line 1 column 8"#
    );
    // A character that could mislead a reader is shown escaped.
    assert!(message("\"\\\u{202e}\"").contains(r"`\u{202e}` needs no backslash"));
    assert!(message("\"\\\n\"").starts_with("malformed JSON: one of"));
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(&nested(64)).is_ok());
    assert_eq!(rejection(nested(65).as_bytes()), ("too_deep", 1, 65));
    assert_eq!(rejection("[".repeat(1 << 20).as_bytes()), ("too_deep", 1, 65));
    assert_eq!(rejection(format!("{}  ]", "[".repeat(65)).as_bytes()), ("too_deep", 1, 65));
    let limits = Limits { bytes: 4, depth: 1 };
    assert!(Json::parse_within(b"[12]", limits).is_ok());
    assert_eq!(Json::parse_within(b"[123]", limits).unwrap_err().code(), "too_large");
    assert_eq!(Json::parse_within(b"[[]]", limits).unwrap_err().code(), "too_deep");
}

#[test]
fn duplicates_are_found_among_many_keys() {
    for (count, repeated) in [(33, 0), (33, 32), (500, 31), (500, 499)] {
        let members: Vec<String> = (0..count).map(|key| format!("\"k{key}\":0")).collect();
        let text = format!("{{{},\"k{repeated}\":1}}", members.join(","));
        assert_eq!(rejection(text.as_bytes()).0, "duplicate_key");
        assert!(Json::parse(&format!("{{{}}}", members.join(","))).is_ok());
    }
}

#[test]
fn canonical_text_is_that_of_rfc_8785() {
    // The samples of RFC 8785 §3.2.2 and §3.2.3.
    let values = Json::parse(
        r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#,
    );
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                    \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(values.unwrap().to_canonical(), expected);
    let keys = Json::parse(
        r#"{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis"}"#,
    );
    let canonical = Json::parse(&keys.unwrap().to_canonical()).unwrap();
    let order: Vec<&str> = canonical.as_object().unwrap().keys().collect();
    assert_eq!(order, ["\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]);
}

#[test]
fn integers_stay_exact_to_the_ends_of_their_range() {
    for text in ["-9223372036854775808", "18446744073709551615", "9007199254740993", "0"] {
        let value = Json::parse(text).unwrap();
        assert_eq!((value.to_string(), value.to_canonical()), (text.to_owned(), text.to_owned()));
    }
    assert_eq!(Json::parse("18446744073709551616").unwrap().to_string(), "18446744073709552000");
}

#[test]
fn a_member_that_is_set_again_keeps_its_index() {
    let mut object = Object::from([("a", 1), ("b", 2)]);
    assert_eq!(object.insert("a", 3), Some(Json::from(1)));
    object.insert("c", 4);
    assert_eq!(object.remove("b"), Some(Json::from(2)));
    assert_eq!(Json::from(object).to_string(), r#"{"a":3,"c":4}"#);
}

/// Generates any JSON value. Keys, characters and numbers that often cause errors are more frequent.
fn json() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        any::<String>(),
        "[\\x00-\\x1f\"\\\\/\u{7f}\u{2028}\u{ffff}\u{1f600}a]{0,8}",
        "[0-9]{1,11}",
        Just("__proto__".to_owned()),
    ];
    let number = prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", Number::from_f64),
        (any::<i32>(), 0..25_i32).prop_filter_map("finite", |(digits, exponent)| {
            Number::from_f64(f64::from(digits) * 10_f64.powi(exponent - 12))
        }),
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        number.prop_map(Json::from),
        text.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|members| members.into_iter().collect::<Object>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same_value(value in json()) {
        prop_assert_eq!(Json::parse(&value.to_canonical()).unwrap().to_canonical(), value.to_canonical());
        let text = value.to_string();
        prop_assert_eq!(Json::parse(&text).unwrap().to_string(), text);
    }

    #[test]
    fn serde_json_reads_the_same_value(value in json()) {
        let ours: serde_json::Value = serde_json::from_str(&value.to_string()).unwrap();
        let theirs = serde_json::to_string(&ours).unwrap();
        // The objects of `serde_json` are sorted by bytes, so the canonical texts are compared.
        prop_assert_eq!(Json::parse(&theirs).unwrap().to_canonical(), value.to_canonical());
    }

    #[test]
    fn numbers_are_those_of_the_standard_library(
        text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?",
    ) {
        let expected = text.parse::<f64>().ok().filter(|number| number.is_finite());
        let ours = Json::parse(&text).ok().map(|value| value.as_number().unwrap().as_f64());
        prop_assert_eq!(ours.map(|number| number + 0.0), expected.map(|number| number + 0.0));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Json::parse_within(&bytes, Limits::default());
    }
}

#[test]
fn the_json_test_suite() {
    use base64::Engine as _;

    let file = include_str!("../../../tests/data/json-test-suite.txt");
    let cases = file.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (name, input) = line.split_once('\t').unwrap();
        (name, base64::engine::general_purpose::STANDARD.decode(input).unwrap())
    });
    let made = [
        ("n_structure_100000_opening_arrays", "[".repeat(100_000).into_bytes()),
        ("n_structure_open_array_object", "[{\"\":".repeat(50_000).into_bytes()),
    ];
    // Rejected here, because two readers could use different values of a duplicate key.
    let duplicates = ["y_object_duplicated_key", "y_object_duplicated_key_and_value"];
    let mut counts = [0; 3];
    for (name, input) in cases.chain(made) {
        let outcome = Json::parse_within(&input, Limits::default());
        match &name[..2] {
            "y_" if duplicates.contains(&name) => {
                assert_eq!(outcome.unwrap_err().code(), "duplicate_key", "{name}");
                counts[0] += 1;
            }
            "y_" => {
                outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
                counts[0] += 1;
            }
            "n_" => {
                assert!(outcome.is_err(), "{name}");
                counts[1] += 1;
            }
            _ => counts[2] += 1,
        }
    }
    assert_eq!(counts, [95, 188, 35]);
}

/// Returns what Node's `JSON.stringify(JSON.parse(line))` writes for each line, or `None` if node is not installed.
fn stringified_by_node(lines: &[String]) -> Option<Vec<String>> {
    let script = "const lines = require('fs').readFileSync(0, 'utf8').trimEnd().split('\\n');\
                  process.stdout.write(lines.map(line => JSON.stringify(JSON.parse(line))).join('\\n'))";
    let mut node = Command::new("node")
        .args(["-e", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let (mut input, text) = (node.stdin.take().unwrap(), lines.join("\n"));
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap().split('\n').map(str::to_owned).collect())
}

/// Returns whether JavaScript holds every number of the value exactly.
fn without_large_integers(value: &Json) -> bool {
    match value {
        Json::Number(number) => {
            number.as_f64().abs() <= 9_007_199_254_740_992.0 || {
                number.as_i64().is_none() && number.as_u64().is_none()
            }
        }
        Json::Array(elements) => elements.iter().all(without_large_integers),
        Json::Object(object) => object.iter().all(|(_, value)| without_large_integers(value)),
        _ => true,
    }
}

#[test]
fn node_writes_the_same_text() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::default();
    let values: Vec<Json> = std::iter::repeat_with(|| json().new_tree(&mut runner).unwrap().current())
        .filter(without_large_integers)
        .take(3000)
        .collect();
    // The text for node keeps the order of insertion, so that node does the reordering.
    let lines: Vec<String> = values.iter().map(in_own_order).collect();
    let Some(theirs) = stringified_by_node(&lines) else {
        eprintln!("skipped: node is not installed, so there is nothing to compare with");
        assert!(std::env::var_os("CI").is_none(), "node must be installed in CI");
        return;
    };
    assert_eq!(theirs.len(), values.len());
    for ((value, line), theirs) in values.iter().zip(&lines).zip(theirs) {
        assert_eq!(value.to_string(), theirs, "{line}");
    }
}

fn in_own_order(value: &Json) -> String {
    match value {
        Json::Array(elements) => {
            format!("[{}]", elements.iter().map(in_own_order).collect::<Vec<_>>().join(","))
        }
        Json::Object(object) => {
            let member = |(key, value): (&str, &Json)| format!("{}:{}", Json::from(key), in_own_order(value));
            format!("{{{}}}", object.iter().map(member).collect::<Vec<_>>().join(","))
        }
        value => value.to_string(),
    }
}
