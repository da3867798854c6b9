//! `cargo xtask dist NAME`: packages as they are published, under target/dist/.

pub(crate) mod dotnet;
mod glibc;
mod library;
pub(crate) mod node;
pub(crate) mod php;
pub(crate) mod python;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::process::root;

pub(crate) fn run(arguments: &[&str]) -> Outcome {
    match arguments {
        ["node"] => node::dist(),
        ["node", "--collect", folder] => node::collect(folder),
        ["dotnet"] => dotnet::dist(),
        ["dotnet", "--collect", folder] => dotnet::collect(folder),
        ["php"] => php::dist(),
        ["python"] => python::dist(),
        [other, ..] => Err(format!("there is no package `{other}`; there are: dotnet, node, php, python")),
        [] => Err("a package's name is missing; there are: dotnet, node, php, python".to_owned()),
    }
}

/// Copies a file, or a folder with all in it but what was installed there.
pub(crate) fn copied(from: &str, to: &Path) -> Outcome {
    copy(&root().join(from), to)
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let told = |error: std::io::Error| format!("{}: {error}", from.display());
    if !from.is_dir() {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(told)?;
        }
        return fs::copy(from, to).map(|_| ()).map_err(told);
    }
    fs::create_dir_all(to).map_err(told)?;
    for entry in fs::read_dir(from).map_err(told)? {
        let name = entry.map_err(told)?.file_name();
        if name != "node_modules" && name != "__pycache__" {
            copy(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}
