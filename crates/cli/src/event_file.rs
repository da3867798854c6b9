//! A request kept in a file: its events, a line each (NDJSON), appended and never changed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use jit_approvals::{ApprovalRequest, Event, Result};

use crate::Failure;

/// The most bytes that a file may have.
const LONGEST: u64 = 64 << 20;

/// An event file that this process alone may write to.
#[derive(Debug)]
pub(crate) struct EventFile {
    file: File,
    name: String,
    request: ApprovalRequest,
}

impl EventFile {
    /// Makes the file of a new request; never over one that is there.
    pub(crate) fn create(path: &Path, request: ApprovalRequest) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path);
        let mut new = Self { file: file.map_err(Failure::io(&*name))?, name, request };
        new.lock()?;
        new.append(0)?;
        // The name, too, has to be there after a crash.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        folder.map_err(Failure::io(&*new.name))?;
        Ok(new)
    }

    /// Opens the file to go on with it. Another process that does so at the same time is refused.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(Failure::io(&*name))?;
        lock(&file, &name)?;
        let text = read_all(&mut file, &name)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let request = restore(&text[..whole])?;
        if whole < text.len() {
            // Cut off while it was written, before anyone was told of it: as if it had not been begun.
            file.set_len(whole as u64).map_err(Failure::io(&*name))?;
        }
        Ok(Self { file, name, request })
    }

    /// Reads the request without a lock: what is there, as far as it is whole.
    pub(crate) fn read(path: &Path) -> Result<ApprovalRequest, Failure> {
        restore(&whole_lines(path)?)
    }

    pub(crate) fn request(&self) -> &ApprovalRequest {
        &self.request
    }

    /// Does something to the request. Every event that it made is in the file before this returns, also where
    /// it was refused: that a request had run out, say.
    pub(crate) fn change(
        &mut self,
        command: impl FnOnce(&mut ApprovalRequest) -> Result<()>,
    ) -> Result<(), Failure> {
        let known = self.request.head().count;
        let outcome = command(&mut self.request);
        self.append(known)?;
        Ok(outcome?)
    }

    /// Appends the events after this one, in one write, and waits until they are on the disk.
    fn append(&mut self, known: u64) -> Result<(), Failure> {
        let lines: String =
            self.request.events_since(known).iter().fold(String::new(), |mut lines, event| {
                lines.push_str(&event.to_text());
                lines.push('\n');
                lines
            });
        if lines.is_empty() {
            return Ok(());
        }
        let end = self.file.seek(SeekFrom::End(0)).map_err(Failure::io(&*self.name))?;
        let written = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| {
            // Half a line helps nobody.
            let _ = self.file.set_len(end);
            Failure::io(&*self.name)(error)
        })
    }

    fn lock(&self) -> Result<(), Failure> {
        lock(&self.file, &self.name)
    }
}

/// The whole lines of a file.
pub(crate) fn whole_lines(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    let mut text = read_all(&mut File::open(path).map_err(Failure::io(&*name))?, &name)?;
    text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    Ok(text)
}

/// The events of these lines; a refusal names its line.
pub(crate) fn events(text: &str) -> Result<Vec<Event>, Failure> {
    let parse = |(number, line): (usize, &str)| {
        Event::parse(line).map_err(|error| {
            let line = format!("line {}", number + 1);
            let field = error.field().map_or_else(|| line.clone(), |field| format!("{line}, {field}"));
            Failure::Refused(error.with_field(field))
        })
    };
    text.lines().enumerate().map(parse).collect()
}

fn restore(text: &str) -> Result<ApprovalRequest, Failure> {
    Ok(ApprovalRequest::restore(events(text)?)?)
}

fn read_all(file: &mut File, name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(Failure::io(name))?;
    if text.len() as u64 > LONGEST {
        return Err(Failure::io(name)(io::Error::from(io::ErrorKind::FileTooLarge)));
    }
    Ok(text)
}

fn lock(file: &File, name: &str) -> Result<(), Failure> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            let error = io::Error::new(io::ErrorKind::ResourceBusy, "another process is writing to it");
            Failure::io(name)(error)
        }
        TryLockError::Error(error) => Failure::io(name)(error),
    })
}
