//! `cargo xtask generate`: files of the C ABI and of the .NET library that are made from the Rust sources.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::root;

const SOURCES: &str = "bindings/dotnet/src";
const MADE: &str = "Made by `cargo xtask generate`. Do not edit.";

/// A file that is made: its path, and its text.
type Made = (&'static str, String);

/// Writes the files.
pub(crate) fn run() -> Outcome {
    for (path, text) in all()? {
        let path = root().join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Returns the files that differ from what would be made.
pub(crate) fn differences() -> Outcome<Vec<String>> {
    let differs = |(path, text): Made| {
        let found = fs::read_to_string(root().join(path)).unwrap_or_default();
        (found != text).then(|| format!("{path} is not up to date: run `cargo xtask generate`"))
    };
    Ok(all()?.into_iter().filter_map(differs).collect())
}

fn all() -> Outcome<Vec<Made>> {
    let made = vec![
        ("bindings/dotnet/include/jit_approvals.h", header()?),
        ("bindings/dotnet/JitApprovals/Native/NativeMethods.g.cs", native_methods()?),
        ("bindings/dotnet/JitApprovals/Native/NativeVersion.g.cs", version()),
        ("bindings/dotnet/JitApprovals/ErrorCode.g.cs", error_codes()),
    ];
    Ok(made)
}

fn header() -> Outcome<String> {
    let config = cbindgen::Config {
        language: cbindgen::Language::C,
        include_guard: Some("JIT_APPROVALS_H".to_owned()),
        cpp_compat: true,
        documentation_style: cbindgen::DocumentationStyle::C99,
        usize_is_size_t: true,
        style: cbindgen::Style::Type,
        header: Some(format!(
            "// {MADE}\n//\n{}",
            about()?.lines().map(|line| format!("//{line}")).collect::<Vec<_>>().join("\n")
        )),
        ..cbindgen::Config::default()
    };
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in sources()? {
        builder = builder.with_src(source);
    }
    let made = builder.generate().map_err(|error| format!("the header: {error}"))?;
    let mut text = Vec::new();
    made.write(&mut text);
    String::from_utf8(text).map_err(|error| format!("the header: {error}"))
}

/// The documentation of the crate.
fn about() -> Outcome<String> {
    let path = root().join(SOURCES).join("lib.rs");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    Ok(lines.filter(|line| !line.contains("jit_approvals.h")).map(|line| line.to_owned() + "\n").collect())
}

fn native_methods() -> Outcome<String> {
    let mut builder = csbindgen::Builder::default();
    for source in sources()? {
        builder = builder.input_extern_file(source);
    }
    let path = root().join("target/NativeMethods.g.cs");
    builder
        .csharp_namespace("JitApprovals.Native")
        .csharp_class_name("NativeMethods")
        .csharp_dll_name("jit_approvals_c")
        .generate_csharp_file(&path)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(format!("// {MADE}\n// Long file: one declaration for each function of the C ABI.\n{text}"))
}

/// The files whose functions are part of the ABI.
fn sources() -> Outcome<Vec<PathBuf>> {
    let folder = root().join(SOURCES);
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let is_source = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "rs")
            && !["lib.rs", "panicking.rs"].iter().any(|name| path.ends_with(Path::new(name)))
    };
    let mut sources: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_source).collect();
    sources.sort();
    Ok(sources)
}

/// The version of the native library that the .NET library needs: its own.
fn version() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "// {MADE}\n\nnamespace JitApprovals.Native;\n\ninternal static class NativeVersion\n{{\n    \
         public const string Expected = \"{version}\";\n}}\n"
    )
}

fn error_codes() -> String {
    let mut text = format!(
        "// {MADE}\n#nullable enable\n\nnamespace JitApprovals;\n\n\
         /// <summary>The codes of errors. Their values are their numbers.</summary>\n\
         public enum ErrorCode\n{{\n    \
         /// <summary>A code that this version of the library does not know.</summary>\n    Unknown = 0,\n"
    );
    for row in jit_approvals::catalogue() {
        let message = row.message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (name, number) = (pascal(row.code.as_str()), row.code.number());
        text.extend([
            "\n    /// <summary>",
            &message,
            "</summary>\n    ",
            &name,
            " = ",
            &number.to_string(),
            ",\n",
        ]);
    }
    text + "}\n"
}

/// `token_expired` as `TokenExpired`.
fn pascal(name: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').map(word).collect()
}
