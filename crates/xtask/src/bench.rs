//! `cargo xtask bench NAME…`: runs the benchmarks in `tests/benches/` and in the bindings.

mod summary;

use std::path::PathBuf;

use crate::Outcome;
use crate::dist;
use crate::dotnet::{Host, sdk, with_sdk};
use crate::process::{command, root, run};
use crate::python::Environment;

pub(crate) fn bench(names: &[&str]) -> Outcome {
    if names == ["all"] {
        ALL.iter().try_for_each(|(_, name)| table(name))?;
        return summary::write(&ALL);
    }
    if let ["server", arguments @ ..] = names {
        return server(arguments);
    }
    names.iter().try_for_each(|name| table(name))
}

/// The languages and their benchmarks, in the order of the README's table.
const ALL: [(&str, &str); 5] =
    [("Rust", "token"), ("Node.js", "node"), ("Python", "python"), ("PHP", "php"), ("C#", "dotnet")];

fn table(name: &str) -> Outcome {
    match name {
        "dotnet" => return dotnet(),
        "node" => return node(),
        "php" => return php(),
        "python" => return python(),
        "server" => return server(&[]),
        _ => {}
    }
    if !root().join(format!("tests/benches/{name}.rs")).exists() {
        return Err(format!("`{name}` is not a benchmark; the benchmarks are {}", names()?.join(", ")));
    }
    run(&mut command(&format!("cargo bench --quiet --package jit-approvals-tests --bench {name}")))?;
    eprintln!("figures: target/bench/{name}.json");
    Ok(())
}

fn dotnet() -> Outcome {
    let native = dist::dotnet::library().local()?;
    let sources = root().join("bindings/dotnet");
    if sdk() {
        dist::dotnet::install(&native, &root().join("target/dotnet/native"))?;
        run(with_sdk("run --project JitApprovals.Bench --configuration Release --").arg(root()))?;
    } else {
        let host = Host::ready()?;
        let folder = root().join("target/dotnet/bench");
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let library = folder.join(dist::dotnet::library().file);
        std::fs::copy(&native, &library).map_err(|error| format!("{}: {error}", library.display()))?;
        let (ours, program) = (folder.join("JitApprovals.dll"), folder.join("JitApprovals.Bench.dll"));
        host.compile(&ours, "library", &[], &[&sources.join("JitApprovals")])?;
        host.compile(&program, "exe", &[&ours], &[&sources.join("JitApprovals.Bench")])?;
        run(host.program(&program).arg(root()))?;
    }
    eprintln!("figures: target/bench/dotnet.json");
    Ok(())
}

fn node() -> Outcome {
    dist::node::build()?;
    run(&mut command("npm ci --prefix bindings/node/bench --silent --no-audit --no-fund"))?;
    run(&mut command("node bindings/node/bench/bench.mjs"))?;
    eprintln!("figures: target/bench/node.json");
    Ok(())
}

fn php() -> Outcome {
    let library = dist::php::extension().local()?;
    let mut php =
        command("php -d opcache.enable_cli=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=64M -d");
    run(php.arg(format!("extension={}", library.display())).arg("bindings/php/bench/bench.php"))?;
    eprintln!("figures: target/bench/php.json");
    Ok(())
}

fn python() -> Outcome {
    let main = Environment::main()?;
    let wheel = dist::python::build(&main)?;
    main.install(&["--force-reinstall", "--no-deps", &wheel.to_string_lossy()])?;
    run(main.python().arg("bindings/python/bench/bench.py"))?;
    eprintln!("figures: target/bench/python.json");
    Ok(())
}

/// Measures the binary of the release. The arguments are those of `tests/benches/server/main.rs`.
fn server(arguments: &[&str]) -> Outcome {
    run(&mut command("cargo build --release --locked --package jit-approvals-cli"))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let mut bench = command("cargo bench --quiet --package jit-approvals-tests --bench server --");
    run(bench.arg(target.join("release/jit-approvals")).args(arguments))?;
    eprintln!("figures: target/bench/server.json");
    Ok(())
}

fn names() -> Outcome<Vec<String>> {
    let folder = root().join("tests/benches");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.extend(["dotnet", "node", "php", "python"].map(str::to_owned));
    names.sort();
    Ok(names)
}
