//! Checks that every link in a document leads to a file and a heading.
//!
//! Links into the repository are checked against the files: relative links, and links that start with the workspace's
//! `repository`. The README of a package may only have the second kind, because its registry page has no files next to
//! it. Links to other hosts are not checked.

use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::Outcome;
use crate::process::{command, output, root};
use crate::workspace::Workspace;

pub(super) fn check(workspace: &Workspace) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    let names = output(&mut command("git ls-files --cached --others --exclude-standard *.md"))?;
    for name in names.lines() {
        // Git still lists a file that was deleted and not yet committed.
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        let packaged = name.starts_with("crates/") || name.starts_with("bindings/");
        for link in links(&text) {
            if let Some(problem) = problem(name, &link, packaged, workspace.repository()) {
                wrong.push(format!("{name}: the link {link} {problem}"));
            }
        }
    }
    Ok(wrong)
}

/// Returns the problem of a link in this document, if there is one.
fn problem(document: &str, link: &str, packaged: bool, repository: &str) -> Option<String> {
    let inside = link.strip_prefix(repository).filter(|rest| rest.is_empty() || rest.starts_with(['/', '#']));
    let (path, anchor) = match inside {
        Some(path) => {
            let path = path.trim_start_matches("/blob/main").trim_start_matches("/tree/main");
            if path == "/issues" || path.starts_with("/security") {
                return None;
            }
            split_anchor(path.trim_start_matches('/'))
        }
        None if link.contains("://") || link.starts_with("mailto:") => return None,
        None if link.starts_with('#') => (document.to_owned(), link.strip_prefix('#')),
        None if packaged => return Some(format!("must start with {repository}")),
        None => {
            let (path, anchor) = split_anchor(link);
            let folder = Path::new(document).parent().expect("a document is in a folder");
            (folder.join(path).to_string_lossy().into_owned(), anchor)
        }
    };
    let path = root().join(path);
    if !path.exists() {
        return Some("leads to a file that does not exist".to_owned());
    }
    let anchor = anchor?;
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let known = anchors(&text).any(|known| known == anchor);
    (!known).then(|| "leads to a heading that does not exist".to_owned())
}

fn split_anchor(link: &str) -> (String, Option<&str>) {
    match link.split_once('#') {
        Some((path, anchor)) => (path.to_owned(), Some(anchor)),
        None => (link.to_owned(), None),
    }
}

fn links(text: &str) -> Vec<String> {
    let link = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    };
    Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(link).collect()
}

/// Returns the anchors of the headings as code hosts make them: in lower case, with hyphens for spaces, without other
/// punctuation.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let mut anchors = Vec::new();
    let mut heading: Option<String> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take().map(|text| anchor(&text))),
            Event::Text(words) | Event::Code(words) => {
                if let Some(text) = &mut heading {
                    text.push_str(&words);
                }
            }
            _ => {}
        }
    }
    anchors.into_iter()
}

fn anchor(heading: &str) -> String {
    let kept = |character: &char| character.is_alphanumeric() || matches!(character, '-' | '_' | ' ');
    heading
        .to_lowercase()
        .chars()
        .filter(kept)
        .map(|character| if character == ' ' { '-' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "https://example.com/home";

    fn problem_of(link: &str, packaged: bool) -> Option<String> {
        problem("README.md", link, packaged, HOME)
    }

    #[test]
    fn links_to_files_and_headings_are_accepted() {
        for link in [
            "crates/base/README.md",
            "https://example.com/home/blob/main/LICENSE-MIT",
            "https://example.com/home",
            "https://docs.rs/x",
            "#licence",
            "README.md#licence",
        ] {
            assert_eq!(problem_of(link, false), None, "{link}");
        }
    }

    #[test]
    fn broken_links_are_found() {
        for link in
            ["missing.md", "https://example.com/home/blob/main/missing", "#missing", "README.md#missing"]
        {
            assert!(problem_of(link, false).is_some(), "{link}");
        }
        assert!(problem_of("LICENSE-MIT", true).is_some());
        assert_eq!(links("[a](b) ![c](d)\n\n[e]\n\n[e]: f\n\n`[g](h)`"), ["b", "d", "f"]);
        assert_eq!(anchors("# One, *two* `three`\n").next().as_deref(), Some("one-two-three"));
    }
}
