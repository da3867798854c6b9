//! The npm packages: `jit-approvals`, and one for each platform that holds the addon.

mod addon;
mod collect;

use std::fs;
use std::path::{Path, PathBuf};

use jit_approvals::json::{Json, Object};

use super::{copied, glibc};
use crate::Outcome;
use crate::process::{command, root, run};
use crate::workspace::Workspace;

pub(crate) use addon::library;

const FOLDER: &str = "bindings/node";

/// The scope of the platforms' packages: nobody else can register a name that the loader asks for.
const SCOPE: &str = "@jit-approvals";

/// The platforms that `lib/native.js` knows.
const PLATFORMS: [&str; 8] = [
    "darwin-arm64",
    "darwin-x64",
    "linux-arm64-gnu",
    "linux-arm64-musl",
    "linux-x64-gnu",
    "linux-x64-musl",
    "win32-arm64-msvc",
    "win32-x64-msvc",
];

/// Packs the package and that of this machine's platform, with an addon that also runs on older systems.
pub(crate) fn dist() -> Outcome {
    run(command("npm ci --silent --no-audit --no-fund").current_dir(root().join(FOLDER)))?;
    pack(&addon::portable()?)?;
    show()
}

/// Packs the package with the platform packages in this folder, which were made on other machines.
pub(crate) fn collect(folder: &str) -> Outcome {
    let version = text(&source()?, "version");
    let _ = fs::remove_dir_all(output());
    fs::create_dir_all(output()).map_err(|error| format!("{}: {error}", output().display()))?;
    let platforms = collect::platforms(Path::new(folder), &version)?;
    pack_main(&platforms)?;
    show()
}

/// Builds the addon and installs it beside the package's sources, with what its tests need.
pub(crate) fn build() -> Outcome<PathBuf> {
    let folder = root().join(FOLDER);
    run(command("npm ci --silent --no-audit --no-fund").current_dir(&folder))?;
    let library = addon::local()?;
    // A running process may have the old one open: it keeps that, and the new one is another file.
    let installed = folder.join("node_modules").join(SCOPE).join(addon::platform());
    let _ = fs::remove_dir_all(&installed);
    write_platform(&installed, &library)?;
    Ok(library)
}

/// Packs the package and that of this machine's platform.
pub(crate) fn pack(library: &Path) -> Outcome {
    let _ = fs::remove_dir_all(output());
    let platform = output().join("platform");
    write_platform(&platform, library)?;
    npm_pack(&platform)?;
    pack_main(&[addon::platform()])
}

/// The files that were packed.
pub(crate) fn packages() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(output()).map_err(|error| format!("{}: {error}", output().display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.extension().is_some_and(|ending| ending == "tgz")).collect())
}

fn show() -> Outcome {
    packages()?.iter().for_each(|path| println!("{}", path.display()));
    Ok(())
}

/// Packs `jit-approvals`, with the packages of these platforms as optional dependencies.
fn pack_main(platforms: &[String]) -> Outcome {
    let mut package = source()?;
    let version = text(&package, "version");
    add_shared(&mut package)?;
    let names = platforms.iter().map(|platform| (format!("{SCOPE}/{platform}"), &*version));
    package.insert("optionalDependencies", names.collect::<Object>());
    for developers in ["devDependencies", "scripts"] {
        package.remove(developers);
    }
    let folder = output().join("package");
    for name in ["lib", "types", "index.d.ts", "index.d.mts", "njwt.js", "njwt.d.ts", "README.md"] {
        copied(&format!("{FOLDER}/{name}"), &folder.join(name))?;
    }
    write(&package, &folder)?;
    npm_pack(&folder)
}

/// Writes the package of this machine's platform.
fn write_platform(folder: &Path, library: &Path) -> Outcome {
    const ADDON: &str = "jit-approvals.node";
    let (source, platform) = (source()?, addon::platform());
    let needs =
        glibc::needed(library)?.map_or_else(String::new, |version| format!(" (glibc {version} or newer)"));
    let mut package = Object::new()
        .with("name", format!("{SCOPE}/{platform}"))
        .with("description", format!("The native part of jit-approvals for {platform}{needs}"))
        .with("main", ADDON)
        .with("files", vec![ADDON])
        .with("publishConfig", Object::new().with("access", "public"));
    for member in ["version", "license", "engines"] {
        package.insert(member, source.get(member).cloned().unwrap_or_default());
    }
    let mut words = platform.split('-');
    for (member, value) in ["os", "cpu"].into_iter().zip(&mut words) {
        package.insert(member, vec![value]);
    }
    match words.next() {
        Some("gnu") => package.insert("libc", vec!["glibc"]),
        Some("musl") => package.insert("libc", vec!["musl"]),
        _ => None,
    };
    add_shared(&mut package)?;
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let addon = folder.join(ADDON);
    fs::copy(library, &addon).map_err(|error| format!("{}: {error}", library.display()))?;
    write(&package, folder)
}

/// The addresses of sources, documentation and issues are set once, in the workspace's Cargo.toml.
fn add_shared(package: &mut Object) -> Outcome {
    let workspace = Workspace::read()?;
    let published = workspace.published().next().ok_or("no package is published")?;
    let repository = Object::new()
        .with("type", "git")
        .with("url", format!("git+{}.git", published.repository))
        .with("directory", FOLDER);
    package.insert("repository", repository);
    package.insert("homepage", &*published.homepage);
    package.insert("bugs", Object::new().with("url", &*workspace.bugs));
    Ok(())
}

fn npm_pack(folder: &Path) -> Outcome {
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copied(license, &folder.join(license))?;
    }
    run(command("npm pack --silent --pack-destination").arg(output()).current_dir(folder))
}

/// The package's own `package.json`.
fn source() -> Outcome<Object> {
    let path = root().join(FOLDER).join("package.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Object::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn text(package: &Object, member: &str) -> String {
    package.get(member).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn write(package: &Object, folder: &Path) -> Outcome {
    let path = folder.join("package.json");
    fs::write(&path, format!("{package}\n")).map_err(|error| format!("{}: {error}", path.display()))
}

fn output() -> PathBuf {
    root().join("target/dist/node")
}
