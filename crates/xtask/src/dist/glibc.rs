//! The glibc that a library needs.

use std::path::Path;

use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::FileHeader as _;

use crate::Outcome;

/// The highest version of glibc whose symbols a library uses, such as `2.28`; none if it uses no glibc.
pub(super) fn needed(library: &Path) -> Outcome<Option<String>> {
    let data = std::fs::read(library).map_err(|error| format!("{}: {error}", library.display()))?;
    if !data.starts_with(b"\x7fELF") {
        return Ok(None);
    }
    let versions = versions(&data).map_err(|error| format!("{}: {error}", library.display()))?;
    Ok(versions.into_iter().max_by_key(|version| numbers(version)))
}

/// Whether one version is newer than another.
pub(super) fn is_newer(version: &str, other: &str) -> bool {
    numbers(version) > numbers(other)
}

fn versions(data: &[u8]) -> object::Result<Vec<String>> {
    let header = FileHeader64::<Endianness>::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    let mut versions = Vec::new();
    let Some((mut libraries, strings)) = sections.gnu_verneed(endian, data)? else { return Ok(versions) };
    let strings = sections.strings(endian, data, strings)?;
    while let Some((_, mut symbols)) = libraries.next()? {
        while let Some(symbol) = symbols.next()? {
            let name = String::from_utf8_lossy(symbol.name(endian, strings)?);
            versions.extend(name.strip_prefix("GLIBC_").map(str::to_owned));
        }
    }
    Ok(versions)
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|number| number.parse().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(is_newer("2.34", "2.28") && is_newer("2.28.1", "2.28"));
        assert!(!is_newer("2.4", "2.28") && !is_newer("2.28", "2.28"));
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn this_program_needs_a_glibc() {
        let needed = needed(&std::env::current_exe().unwrap()).unwrap().unwrap();
        assert!(is_newer(&needed, "2.0"), "{needed}");
    }
}
