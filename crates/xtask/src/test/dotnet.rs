//! The .NET library and the C ABI under it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::dist::dotnet::{install, library};
use crate::dotnet::{Host, sdk, with_sdk};
use crate::process::{command, is_there, output, root, run};

const FOLDER: &str = "bindings/dotnet";

/// The tests of the C ABI in Rust and C, the library's tests, a build that panics, the example and the README.
pub(super) fn run_all(fast: bool) -> Outcome {
    rust(fast)?;
    let native = library().local()?;
    story(&native)?;
    collected(&native)?;
    if sdk() { with_the_sdk(&native, fast) } else { without_the_sdk(&native) }
}

/// The tests of the C ABI under a checker of memory.
fn rust(fast: bool) -> Outcome {
    const TEST: &str = "--locked --package jit-approvals-dotnet";
    if fast {
        return run(&mut command(&format!("cargo test {TEST}")));
    }
    if is_there("cargo +nightly --version") && cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        eprintln!("the C ABI under AddressSanitizer");
        let mut test = command(&format!(
            "cargo +nightly test {TEST} --target x86_64-unknown-linux-gnu --target-dir target/sanitized"
        ));
        return run(test.env("RUSTFLAGS", "-Zsanitizer=address"));
    }
    run(&mut command(&format!("cargo test {TEST}")))?;
    if !is_there("valgrind --version") {
        eprintln!("neither nightly Rust nor valgrind is installed: the memory of the C ABI is not checked");
        return Ok(());
    }
    eprintln!("the C ABI under valgrind");
    let mut test = command(&format!("cargo test {TEST}"));
    run(test.env(
        "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER",
        "valgrind --quiet --leak-check=full --error-exitcode=1",
    ))
}

/// The whole way in C and in C++, with the header and the library.
fn story(native: &Path) -> Outcome {
    let folder = made("target/dotnet/c")?;
    let library = native.parent().ok_or("a library without a folder")?;
    let compilers = [("cc", "-std=c11"), ("c++", "-std=c++17")];
    for (compiler, standard) in compilers {
        if !is_there(&format!("{compiler} --version")) {
            eprintln!("{compiler} is not installed: the C header is not tried with it");
            continue;
        }
        let program = folder.join(compiler.replace('+', "p"));
        let mut compile =
            command(&format!("{compiler} {standard} -Wall -Wextra -Werror -pedantic -I {FOLDER}/include -o"));
        compile.arg(&program);
        if compiler == "c++" {
            compile.args(["-x", "c++"]);
        }
        compile.arg(format!("{FOLDER}/tests/story.c")).args(["-x", "none"]).arg(native);
        run(compile.arg(format!("-Wl,-rpath,{}", library.display())))?;
        run(&mut command(&program.to_string_lossy()))?;
    }
    Ok(())
}

fn with_the_sdk(native: &Path, fast: bool) -> Outcome {
    let folder = root().join("target/dotnet/native");
    install(native, &folder)?;
    readme()?;
    run(&mut with_sdk("test JitApprovals.sln --configuration Release"))?;
    if fast {
        return Ok(());
    }
    install(&panicking()?, &folder)?;
    run(&mut with_sdk("test JitApprovals.Tests --configuration Release --filter Panics"))?;
    install(native, &folder)?;
    crate::dist::dotnet::dist()?;
    // The package, from a local folder, in an empty project.
    let empty = made("target/packed/dotnet")?;
    for file in ["Purchase.cs", "Purchase.csproj"] {
        crate::dist::copied(&format!("examples/dotnet/{file}"), &empty.join(file))?;
    }
    let source = root().join("target/dist/dotnet");
    run(with_sdk("restore --source").arg(&source).current_dir(&empty))?;
    let mut program = with_sdk("run --no-restore");
    program.current_dir(&empty).env("PURCHASE", root().join("examples/purchase"));
    super::rust::ends_well(&output(&mut program)?)
}

/// The same sources with a host from packages of npm.
fn without_the_sdk(native: &Path) -> Outcome {
    let host = Host::ready()?;
    let folder = made("target/dotnet/tests")?;
    let file = |name: &str| folder.join(name);
    let sources = |name: &str| root().join(FOLDER).join(name);
    let place = |library: &Path| {
        let target = file(&self::library().file);
        fs::copy(library, &target).map(|_| ()).map_err(|error| format!("{}: {error}", target.display()))
    };
    place(native)?;
    let (ours, nunit) = (file("JitApprovals.dll"), file("nunit.framework.dll"));
    fs::copy(host.tool("nunit.framework.dll"), &nunit)
        .map_err(|error| format!("{}: {error}", nunit.display()))?;
    host.compile(&ours, "library", &[], &[&sources("JitApprovals")])?;
    host.compile(&file("Runner.dll"), "exe", &[&nunit], &[&sources("host/Runner.cs")])?;
    let readme = readme()?;
    let tests = sources("JitApprovals.Tests");
    host.compile(&file("JitApprovals.Tests.dll"), "library", &[&ours, &nunit], &[&tests, &readme])?;
    run(host.program(&file("Runner.dll")).arg(file("JitApprovals.Tests.dll")))?;

    place(&panicking()?)?;
    run(host.program(&file("Runner.dll")).arg(file("JitApprovals.Tests.dll")).arg(".*Panics.*"))?;
    place(native)?;

    misuse(&host, &ours)?;
    host.compile(&file("Purchase.dll"), "exe", &[&ours], &[&root().join("examples/dotnet/Purchase.cs")])?;
    let mut example = host.program(&file("Purchase.dll"));
    super::rust::ends_well(&output(example.env("PURCHASE", root().join("examples/purchase")))?)
}

/// Every line that must not compile has the error that it names, and no other line has one.
fn misuse(host: &Host, ours: &Path) -> Outcome {
    let source = root().join(FOLDER).join("tests/Misuse.cs");
    let text = fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    let errors = host.errors(&[ours], &source)?;
    let code =
        |line: &str| Some(line.split_once("// CS")?.1.chars().take_while(char::is_ascii_digit).collect());
    let expected: Vec<(usize, String)> =
        text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, code(line)?))).collect();
    let found = |line: &str| {
        let (place, rest) = line.split_once("): error CS")?;
        let number = place.rsplit_once('(')?.1.split(',').next()?.parse().ok()?;
        Some((number, rest.chars().take_while(char::is_ascii_digit).collect()))
    };
    let mut found: Vec<(usize, String)> = errors.lines().filter_map(found).collect();
    found.sort();
    found.dedup();
    if found == expected {
        return Ok(());
    }
    let differs = |one: &[(usize, String)], other: &[(usize, String)]| {
        format!("{:?}", one.iter().filter(|error| !other.contains(error)).collect::<Vec<_>>())
    };
    Err(format!(
        "{}: errors that are missing: {}; errors that are not expected: {}\n{errors}",
        source.display(),
        differs(&expected, &found),
        differs(&found, &expected)
    ))
}

/// Libraries that were made elsewhere are collected, unless the platform or the version is another one.
fn collected(native: &Path) -> Outcome {
    let folder = made("target/collected/dotnet")?;
    install(native, &folder)?;
    crate::dist::dotnet::collect(&folder.to_string_lossy())?;
    let other = folder.join("runtimes/osx-arm64/native");
    fs::create_dir_all(&other).map_err(|error| error.to_string())?;
    fs::write(other.join("libjit_approvals_c.dylib"), "jit_approvals_c 0.0.1\0")
        .map_err(|error| error.to_string())?;
    match crate::dist::dotnet::collect(&folder.to_string_lossy()) {
        Err(message) if message.contains("is not of version") => {}
        other => return Err(format!("a library of another version: {other:?}")),
    }
    fs::rename(folder.join("runtimes/osx-arm64"), folder.join("runtimes/amiga"))
        .map_err(|error| error.to_string())?;
    match crate::dist::dotnet::collect(&folder.to_string_lossy()) {
        Err(message) if message.contains("`amiga` is not one of") => Ok(()),
        other => Err(format!("a platform that is none: {other:?}")),
    }
}

/// Builds a native library that panics in every call if it is told to.
fn panicking() -> Outcome<PathBuf> {
    run(&mut command("cargo build --locked --package jit-approvals-dotnet --features panicking"))?;
    Ok(root().join("target/debug").join(library().file))
}

fn made(folder: &str) -> Outcome<PathBuf> {
    let folder = root().join(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Writes the README's blocks of C# into files: a block with types as it is, statements as a method of
/// `ReadmeStatements`.
fn readme() -> Outcome<PathBuf> {
    let target = made("target/dotnet/readme")?;
    let text = ["bindings/dotnet/README.md", "README.md"].iter().try_fold(String::new(), |text, name| {
        let path = root().join(name);
        fs::read_to_string(&path)
            .map(|more| text + &more)
            .map_err(|error| format!("{}: {error}", path.display()))
    })?;
    let blocks = text.split("```csharp\n").skip(1).filter_map(|rest| rest.split("```").next());
    for (number, block) in blocks.enumerate() {
        let path = target.join(format!("Block{number}.cs"));
        fs::write(&path, compiled(block, number)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(target)
}

fn compiled(block: &str, number: usize) -> String {
    if block.contains("\npublic ") {
        return block.to_owned();
    }
    let is_directive = |line: &&str| line.starts_with("using ") && !line.contains(['=', '(']);
    let (directives, statements): (Vec<&str>, Vec<&str>) = block.lines().partition(is_directive);
    format!(
        "{}\n\npublic static partial class ReadmeStatements\n{{\n    public static void Block{number}()\n    \
         {{\n{}\n    }}\n}}\n",
        directives.join("\n"),
        statements.join("\n")
    )
}
