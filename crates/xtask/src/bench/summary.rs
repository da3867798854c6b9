//! The README's table of what was measured in every language.

use std::fs;

use jit_approvals::json::{Json, Number};

use crate::Outcome;
use crate::process::{command, output, root};

const BEGIN: &str = "<!-- measured by `cargo xtask bench all` -->\n";
const END: &str = "<!-- end of the measured table -->\n";

/// Writes the table of the languages and their benchmarks into the README.
pub(super) fn write(languages: &[(&str, &str)]) -> Outcome {
    let mut table = String::from("| language | work | against | ratio |\n|---|---|---|--:|\n");
    for (language, name) in languages {
        for (work, peer, ratio) in rows(name)? {
            table.extend([
                "| ",
                language,
                " | ",
                &work,
                " | ",
                &peer,
                " | ",
                &format!("{ratio:.2} ×"),
                " |\n",
            ]);
        }
    }
    let about = format!(
        "Measured with two cores of an {}, on {}. Only the ratios mean something: how \
         many times as fast as the other library, in the same run.\n\n",
        machine(),
        output(&mut command("date --utc +%Y-%m-%d"))?.trim()
    );
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(|| format!("README.md has no {BEGIN}"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("README.md has no {END}"))?;
    fs::write(&path, format!("{before}{BEGIN}{about}{table}{END}{after}"))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// The rows of a benchmark: the work, the other library and the ratio.
fn rows(name: &str) -> Outcome<Vec<(String, String, f64)>> {
    let path = root().join(format!("target/bench/{name}.json"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let file = Json::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let rows = file.as_array().unwrap_or_default();
    let row = |row: &Json| {
        let text = |name: &str| row.get(name).and_then(Json::as_str).map(str::to_owned);
        let ratio = row.get("ratio").and_then(Json::as_number).map(Number::as_f64)?;
        Some((text("work")?, text("against")?, ratio))
    };
    Ok(rows.iter().filter_map(row).collect())
}

/// The processor of this machine.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, model)| model.trim().to_owned())
}
