//! Tests the text that an approver sees.

use std::path::Path;
use std::sync::LazyLock;

use jit_approvals::json::{Json, Object};
use jit_approvals::{Error, Id, Origin, Template, plain_text};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| template("D $(f)"));

fn template(text: &str) -> Template {
    let record = Object::new()
        .with("approvalType", "approve")
        .with("templateName", "T")
        .with("approvalKey", "T")
        .with("approvalTitle", "T")
        .with("approvalData", text)
        .with("defaultApprovers", vec!["ann@x.org"])
        .with(
            "metadata",
            vec![
                Object::new().with("key", "f").with("multiline", true),
                Object::new().with("key", "g").with("multiline", true),
            ],
        );
    Template::from_json(&Json::from(record)).unwrap()
}

/// Returns the parts of the text that an approver sees for these values.
fn shown(template: &Template, values: [(&str, &str); 2]) -> Result<Vec<String>, Error> {
    let origin = Origin::new("shop", "kevin").unwrap();
    let rendered = template.render(&Object::from(values), &origin, Id::NIL)?;
    Ok(rendered.parts().map(|part| part.text.to_owned()).collect())
}

#[test]
fn every_emoji_is_shown() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/emoji.txt");
    let file = std::fs::read_to_string(path).unwrap();
    let emoji: Vec<&str> = file.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()).collect();
    assert!(emoji.len() > 4000, "{}", emoji.len());
    // Without text before the emoji, because a skin tone changes the emoji before it.
    let template = template("$(f)");
    for emoji in emoji {
        shown(&template, [("f", emoji), ("g", "")]).unwrap_or_else(|error| panic!("{emoji}: {error}"));
        assert_eq!(plain_text(emoji), emoji);
    }
}

/// Generates text with many characters that combine, are invisible or end a line.
fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        '\u{200d}',
        '\u{200c}',
        '\u{fe0f}',
        '\u{fe0e}',
        '\u{20e3}',
        '\u{301}',
        '\u{338}',
        '\u{94d}',
        '\u{915}',
        '\u{937}',
        '\u{1f3fd}',
        '\u{1f44d}',
        '\u{1f469}',
        '\u{1f4bb}',
        '\u{1fc00}', // an unassigned pictograph
        '\u{1f1e9}',
        '\u{1f1ea}',
        '\u{1f3f4}',
        '\u{e0067}',
        '\u{e007f}',
        '\u{d558}',
        '\u{11ab}',
        '\u{1100}',
        '\u{1161}',
        '\u{ad}',
        '\u{202e}',
        '\u{3164}',
        '\u{2009}',
        '\r',
        '\n',
        '\t',
        ' ',
        'e',
        '1',
        '#',
        '<',
        'ש',
        '\u{5b0}',
        '\u{e33}',
        '\u{600}',
        '\u{20dd}',
    ]);
    let character = prop_oneof![8 => odd, 1 => any::<char>()];
    prop::collection::vec(character, 0..14).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn plain_text_is_accepted_and_keeps_accepted_text(text in text()) {
        let plain = plain_text(&text);
        prop_assert_eq!(plain_text(&plain), plain.as_str());
        let outcome = shown(&TEMPLATE, [("f", &plain), ("g", "")]);
        prop_assert!(outcome.is_ok() || outcome.as_ref().unwrap_err().code() == "merging_value", "{:?}", outcome);
        if shown(&TEMPLATE, [("f", &text), ("g", "")]).is_ok() {
            prop_assert_eq!(plain, text);
        }
    }

    #[test]
    fn values_never_merge_with_the_text_next_to_them(words in text(), f in text(), g in text()) {
        let words = plain_text(&words).replace(['\\', '$'], "");
        let template = template(&format!("D{words}$(f)$(g){words}$(f)"));
        let (f, g) = (plain_text(&f), plain_text(&g));
        let parts = [&format!("D{words}"), &f, &g, &words, &f];
        let joined: String = parts.iter().map(|part| part.as_str()).collect();
        let boundaries: Vec<usize> = joined.grapheme_indices(true).map(|(index, _)| index).collect();
        let mut end = 0;
        let apart = parts.iter().all(|part| {
            end += part.len();
            end == joined.len() || boundaries.contains(&end)
        });
        match shown(&template, [("f", &f), ("g", &g)]) {
            Ok(shown) => prop_assert!(apart && shown.concat() == joined, "{:?}", shown),
            Err(error) => prop_assert!(!apart && error.code() == "merging_value", "{:?}", error),
        }
    }
}
