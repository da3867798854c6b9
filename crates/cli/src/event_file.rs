//! Stores a request in a file with one event per line (NDJSON). Events are appended and never changed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jit_approvals::event::{Body, Event};
use jit_approvals::{ApprovalRequest, Result};
use jit_approvals_base::Plain;
use jit_approvals_base::errors::{malformed_json, too_large};

use crate::Failure;

/// The maximum size of a file in bytes.
const LONGEST: u64 = 64 << 20;
/// The number of bytes reserved for a last event, so that a grant can be revoked even if its file is full.
const RESERVE: u64 = 64 << 10;

/// An event file that only this process may write to.
#[derive(Debug)]
pub(crate) struct EventFile {
    file: File,
    path: PathBuf,
    longest: u64,
    kept: Kept,
}

/// The content of an event file.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) request: ApprovalRequest,
    end: End,
    /// The number of bytes up to the end of the last complete event.
    whole: u64,
}

/// How a file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// With a line feed.
    Whole,
    /// With a complete event, but without its line feed.
    NoLineFeed,
    /// With an incomplete event. The write was interrupted before the command reported success.
    Broken,
}

impl EventFile {
    /// Creates the file of a new request, and never overwrites a file. The file gets its name only after all of its
    /// content is written.
    pub(crate) fn create(path: &Path, request: &ApprovalRequest) -> Result<(), Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        // Created with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Failure::file(path))?;
        let written =
            file.write_all(lines(request.events()).as_bytes()).and_then(|()| file.as_file().sync_all());
        written.map_err(Failure::file(path))?;
        file.persist_noclobber(path).map_err(|error| Failure::file(path)(error.error))?;
        sync_folder(folder).map_err(Failure::file(path))
    }

    /// Opens the file for changes. Fails if another process has it open for changes.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(Failure::file(path))?;
        let mut file = Self::lock(file, path)?;
        let kept = Kept::read(&mut file, path)?;
        Ok(Self { file, path: path.to_owned(), longest: LONGEST, kept })
    }

    pub(crate) fn request(&self) -> &ApprovalRequest {
        &self.kept.request
    }

    /// Runs a command on the request. All events that it creates are in the file before this function returns.
    pub(crate) fn change(
        &mut self,
        command: impl FnOnce(&mut ApprovalRequest) -> Result<()>,
    ) -> Result<(), Failure> {
        let known = self.request().head().count;
        command(&mut self.kept.request)?;
        self.append(known)
    }

    /// Appends the events after the first `known` events in one write, and waits until they are on the disk.
    fn append(&mut self, known: u64) -> Result<(), Failure> {
        let events = self.request().events_since(known);
        if events.is_empty() {
            return Ok(());
        }
        let line_feed = if self.kept.end == End::NoLineFeed { "\n" } else { "" };
        let text = line_feed.to_owned() + &lines(events);
        let last = events.iter().all(|event| matches!(event.body(), Body::Revoked { .. }));
        let (size, limit) = (
            self.kept.whole + text.len() as u64,
            self.longest - if last { 0 } else { RESERVE.min(self.longest / 2) },
        );
        if size > limit {
            return Err(too_large(to_usize(size), to_usize(limit))
                .with_field(self.path.display().to_string())
                .into());
        }
        let written = self.write(text.as_bytes());
        written.map_err(|error| {
            // An incomplete line is useless, so remove it.
            let _ = self.file.set_len(self.kept.whole);
            Failure::file(&self.path)(error)
        })?;
        (self.kept.whole, self.kept.end) = (size, End::Whole);
        Ok(())
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.kept.end == End::Broken {
            self.file.set_len(self.kept.whole)?;
        }
        self.file.seek(SeekFrom::Start(self.kept.whole))?;
        self.file.write_all(text)?;
        self.file.sync_all()
    }

    fn lock(file: File, path: &Path) -> Result<File, Failure> {
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::Error(error)) => Err(Failure::file(path)(error)),
            Err(TryLockError::WouldBlock) => {
                let error =
                    io::Error::new(io::ErrorKind::ResourceBusy, "another process is writing to the file");
                Err(Failure::file(path)(error))
            }
        }
    }
}

impl Kept {
    /// Reads the request without a lock, up to the last complete event.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::read(&mut File::open(path).map_err(Failure::file(path))?, path)
    }

    fn read(file: &mut File, path: &Path) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(Failure::file(path))?;
        if bytes.len() as u64 > LONGEST {
            return Err(Failure::file(path)(io::Error::from(io::ErrorKind::FileTooLarge)));
        }
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let tail = std::str::from_utf8(&bytes[whole..]).ok().map(Event::parse);
        let (end, whole) = match tail {
            _ if whole == bytes.len() => (End::Whole, whole),
            Some(Ok(_)) => (End::NoLineFeed, bytes.len()),
            _ => (End::Broken, whole),
        };
        let text = std::str::from_utf8(&bytes[..whole]).map_err(|_| {
            Failure::file(path)(io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8 text"))
        })?;
        Ok(Self { request: ApprovalRequest::restore(events(text)?)?, end, whole: whole as u64 })
    }

    /// Rejects a file that ends with an incomplete event. Earlier output describes only the events before it.
    pub(crate) fn check_end(&self) -> Result<(), Failure> {
        if self.end != End::Broken {
            return Ok(());
        }
        let line = self.request.events().len() + 1;
        let reason = "the last line is not a complete event: a write was interrupted, or the file is damaged";
        Err(malformed_json(Plain(reason)).with_field(format!("line {line}")).into())
    }
}

/// Reads one event from each line. An error names its line.
fn events(text: &str) -> Result<Vec<Event>, Failure> {
    let parse = |(number, line): (usize, &str)| {
        Event::parse(line).map_err(|error| {
            let line = format!("line {}", number + 1);
            let field = error.field().map_or_else(|| line.clone(), |field| format!("{line}, {field}"));
            Failure::Error(error.with_field(field))
        })
    };
    text.lines().enumerate().map(parse).collect()
}

fn lines(events: &[Event]) -> String {
    events.iter().map(|event| event.to_text() + "\n").collect()
}

/// Writes the folder to the disk, so that the file's name survives a crash. Only Unix can open a folder for this.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder).and_then(|folder| folder.sync_all()) } else { Ok(()) }
}

fn to_usize(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use jit_approvals::event::Actor;
    use jit_approvals::{Act, Decision, Directory, Origin, RequestBody, Template};

    use super::*;

    #[test]
    fn a_long_file_keeps_room_to_revoke() {
        let template = Template::parse(
            r#"{"approvalType": "approve", "templateName": "T", "approvalKey": "T", "approvalTitle": "T",
                "approvalData": "T", "defaultApprovers": ["ann@x.org"], "grantUse": "untilExpiry"}"#,
        );
        let people = Directory::everyone();
        let origin = Origin::new("shop", "kevin").unwrap();
        let request =
            ApprovalRequest::open(&template.unwrap(), &RequestBody::new("T"), &origin, &people).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("request.ndjson");
        EventFile::create(&path, &request).unwrap();
        let mut file = EventFile::open(&path).unwrap();
        file.longest = 8 << 10;
        let decision = Decision::approve("ann@x.org", request.content_hash());
        file.change(|request| request.decide(&decision, &people).map(|_| ())).unwrap();
        let act = Act::default();
        let mut consumed = 0;
        let full = loop {
            match file.change(|request| request.consume(&act)) {
                Ok(()) => consumed += 1,
                Err(failure) => break failure,
            }
        };
        assert!(consumed > 2, "{consumed}");
        assert_eq!(full.to_json().get("code").unwrap().as_str(), Some("too_large"));
        // The event that could not be written is not in the file.
        drop(file);
        let mut file = EventFile::open(&path).unwrap();
        file.longest = 8 << 10;
        assert_eq!(file.request().events().len(), 2 + consumed);
        file.change(|request| request.revoke(Actor::administrator("root@x.org"), Some(&"x".repeat(2000))))
            .unwrap();
        assert_eq!(Kept::open(&path).unwrap().request.events().len(), 3 + consumed);
    }
}
