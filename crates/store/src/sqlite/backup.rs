//! Copies a store beside a running server: a file that is complete, checked and marked, or none.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jit_approvals_base::{Id, UnixTime};
use rusqlite::{Connection, ErrorCode};

use super::open::{self, beside};
use super::{Options, Sqlite};
use crate::{CompanyRow, Mark, Reader, Store as _};

/// After how many steps the size of the log is looked at.
const STEPS: i32 = 4096;

/// Why there is no copy. The store is as it was, and nothing is left of the copy.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoCopy(String);

impl NoCopy {
    fn of(path: &Path) -> impl Fn(&dyn std::fmt::Display) -> Self {
        move |problem| Self(format!("{}: {problem}", path.display()))
    }
}

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its mark.
    pub mark: Mark,
    /// The companies, by id.
    pub companies: Vec<CompanyRow>,
}

impl Sqlite {
    /// Copies the store into a new file, for its owner only, beside whoever works on it. Every lookup and chain of the
    /// copy is compared with its log, and it gets a [`Mark`]. The file appears whole and durable, or not at all; it
    /// never replaces another one.
    ///
    /// No other read lasts as long as this one: meanwhile the log of the store only grows. When it has more than
    /// `most_log_bytes`, the copy is given up.
    ///
    /// # Errors
    ///
    /// If the file exists or cannot be written; if the log of the store has grown too large; if the store is damaged, or
    /// has no company.
    pub fn copy_to(&self, file: &Path, most_log_bytes: u64) -> Result<Copied, NoCopy> {
        let no_copy = NoCopy::of(file);
        if file.symlink_metadata().is_ok() {
            return Err(no_copy(&"it exists already, and a backup never replaces a file"));
        }
        let part = Part::create(file)?;
        // What is committed from now on may be in the copy or not.
        let at = self.now();
        let log = beside(self.readers.path(), "-wal");
        let has_to_stop = move || log.metadata().is_ok_and(|log| log.len() > most_log_bytes);
        let source = open::reader(self.readers.path()).map_err(|failure| no_copy(&failure))?;
        if has_to_stop() || vacuum(source, &part.path, has_to_stop).map_err(|problem| no_copy(&problem))? {
            return Err(no_copy(&format!(
                "the log beside the store has grown beyond {most_log_bytes} bytes; try again when fewer changes \
                 are made, or raise the limit"
            )));
        }
        let copied = part.finish(at)?;
        part.publish(file).map_err(|problem| no_copy(&problem))?;
        Ok(copied)
    }
}

/// Copies all that a connection reads, unless it has to stop before the end. Returns whether it had to.
fn vacuum(
    mut source: Connection,
    into: &Path,
    has_to_stop: impl Fn() -> bool + Send + 'static,
) -> rusqlite::Result<bool> {
    let name = into.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(into.to_owned()))?;
    source.progress_handler(STEPS, Some(has_to_stop))?;
    match source.execute("vacuum into $1", [name]) {
        Err(problem) if problem.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(true),
        copied => copied.map(|_| false),
    }
}

/// The file that a copy is written to. It is removed in any case: what is published has another name.
struct Part {
    path: PathBuf,
}

impl Part {
    /// Creates it beside the file of the copy: empty, for its owner only, so that the copy has the right mode from the
    /// start.
    fn create(file: &Path) -> Result<Self, NoCopy> {
        let name = file.file_name().ok_or_else(|| NoCopy::of(file)(&"it names no file"))?;
        let mut name = name.to_owned();
        name.push(".part");
        let path = file.with_file_name(name);
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|problem| match problem.kind() {
            io::ErrorKind::AlreadyExists => NoCopy::of(&path)(
                &"it exists already: another backup is writing it, or one was ended before it could remove it; \
                  remove it if no backup is running",
            ),
            _ => NoCopy::of(&path)(&problem),
        })?;
        Ok(Self { path })
    }

    /// Checks the copy and marks it.
    fn finish(&self, at: UnixTime) -> Result<Copied, NoCopy> {
        let no_copy = NoCopy::of(&self.path);
        // If its disk fails, that is an error like any other: nothing rests on the copy yet.
        let options = Options { migrates: false, fatal: |_| {}, ..Options::default() };
        let copy = Sqlite::open(&self.path, options).map_err(|failure| no_copy(&failure))?;
        let differences = copy.check().map_err(|failure| no_copy(&failure))?;
        if let Some(first) = differences.first() {
            return Err(NoCopy(format!(
                "the store is damaged, `jit-approvals store check` says how; differences: {}, the first is: {first}",
                differences.len()
            )));
        }
        let mut companies = Vec::new();
        let mut marked = None;
        let read = copy.read(&mut |reader: &mut dyn Reader| {
            companies = CompanyRow::list(reader, Id::NIL, i64::MAX)?;
            marked = Mark::find(reader)?;
            Ok(())
        });
        read.map_err(|failure| no_copy(&failure))?;
        if companies.is_empty() {
            return Err(NoCopy("there is no company yet: there is nothing to back up".to_owned()));
        }
        // A copy of a copy that was never put to use lacks what the first one lacks.
        let mark = marked.unwrap_or_else(|| Mark::new(at, &companies));
        copy.set_meta(Mark::NAME, mark.to_bytes(), true).map_err(|failure| no_copy(&failure))?;
        // Closing the last connection moves everything into the file.
        drop(copy);
        let whole = || -> io::Result<()> {
            if beside(&self.path, "-wal").exists() {
                return Err(io::Error::other("its log of changes was not moved into it"));
            }
            File::open(&self.path)?.sync_all()
        };
        whole().map_err(|problem| no_copy(&problem))?;
        Ok(Copied { mark, companies })
    }

    /// Gives the copy its name, for good.
    fn publish(self, file: &Path) -> io::Result<()> {
        // A link, unlike a rename, replaces nothing.
        std::fs::hard_link(&self.path, file)?;
        drop(self);
        #[cfg(unix)]
        File::open(file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")))?
            .sync_all()?;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(beside(&self.path, ending));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_copy_that_has_to_stop_stops_in_the_middle() {
        let folder = tempfile::tempdir().unwrap();
        let (path, into) = (folder.path().join("store"), folder.path().join("copy"));
        let other = open::writer(&path, true).unwrap();
        let rows = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000) \
                    insert into meta select i, zeroblob(100) from n";
        other.execute_batch(rows).unwrap();
        other.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
        // Others write while the copy is made, and nothing of their log can be moved away.
        let (log, other) = (beside(&path, "-wal"), Mutex::new(other));
        let grown = {
            let log = log.clone();
            move || log.metadata().unwrap().len() > 1 << 20
        };
        assert!(!grown());
        let has_to_stop = move || {
            let other = other.lock().unwrap();
            let sql = "begin; insert into meta values (hex(randomblob(9)), zeroblob(200000)); commit; \
                       pragma wal_checkpoint(passive)";
            other.execute_batch(sql).unwrap();
            grown()
        };
        assert_eq!(vacuum(open::reader(&path).unwrap(), &into, has_to_stop), Ok(true));
        let length = log.metadata().unwrap().len();
        assert!((1 << 20..2 << 20).contains(&length), "it has gone on until the log had {length} bytes");
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy");
        let part = Part::create(&file).unwrap();
        std::fs::write(&file, "another file").unwrap();
        assert_eq!(part.publish(&file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "another file");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_log_that_a_long_read_has_made_large_does_not_stay_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let writer = open::writer(&path, true).unwrap();
        let reader = open::reader(&path).unwrap();
        reader.execute_batch("begin; select * from meta").unwrap();
        let write = |bytes: i64| {
            writer.execute("replace into meta values (hex(randomblob(9)), zeroblob($1))", [bytes]).unwrap();
        };
        write(open::LOG_BYTES);
        let length = || beside(&path, "-wal").metadata().unwrap().len();
        let most = u64::try_from(open::LOG_BYTES).unwrap();
        assert!(length() > most);
        reader.execute_batch("commit").unwrap();
        // It is moved into the file and written again from its start, without an idle moment.
        writer.execute_batch("pragma wal_checkpoint(passive)").unwrap();
        write(1);
        assert!(length() <= most, "{}", length());
    }
}
