//! Runs the binary.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command as Process, Output, Stdio};

/// One call of `jit-approvals`, without the caller's settings for colours and keys.
pub(crate) struct Command {
    process: Process,
    input: String,
}

impl Command {
    pub(crate) fn new<const N: usize>(arguments: [&str; N]) -> Self {
        let mut process = Process::new(env!("CARGO_BIN_EXE_jit-approvals"));
        process.args(arguments);
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SIGNING_KEY"] {
            process.env_remove(variable);
        }
        process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { process, input: String::new() }
    }

    /// Adds arguments.
    pub(crate) fn and<const N: usize>(mut self, arguments: [&str; N]) -> Self {
        self.process.args(arguments);
        self
    }

    /// Sets the text on standard input.
    pub(crate) fn reading(mut self, input: &str) -> Self {
        input.clone_into(&mut self.input);
        self
    }

    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.process.env(variable, value);
        self
    }

    /// Runs in the folder of the tests, so that files with relative names are written there.
    pub(crate) fn inside_the_tests_folder(mut self) -> Self {
        self.process.current_dir(env!("CARGO_TARGET_TMPDIR"));
        self
    }

    /// Returns the standard output. The exit code must be 0, and standard error must be empty.
    pub(crate) fn succeeds(mut self) -> String {
        let (output, errors) = self.run();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the standard error. The exit code must be the given one, and standard output must be empty.
    pub(crate) fn fails_with(mut self, code: i32) -> String {
        let (output, errors) = self.run();
        assert_eq!(output.status.code(), Some(code), "{errors}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        errors
    }

    /// Returns the standard output. The exit code must be the given one, and standard error must be empty.
    pub(crate) fn reports_with(mut self, code: i32) -> String {
        let (output, errors) = self.run();
        assert_eq!((output.status.code(), errors.as_str()), (Some(code), ""));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns standard output and standard error together. Every exit code is accepted.
    pub(crate) fn prints(mut self) -> String {
        let (output, errors) = self.run();
        String::from_utf8(output.stdout).unwrap() + &errors
    }

    /// Returns the standard output and the standard error. The exit code must be the given one.
    pub(crate) fn prints_and_fails_with(mut self, code: i32) -> (String, String) {
        let (output, errors) = self.run();
        assert_eq!(output.status.code(), Some(code), "{errors}");
        (String::from_utf8(output.stdout).unwrap(), errors)
    }

    /// Types these lines on a terminal and returns the standard output. The exit code must be 0.
    #[cfg(unix)]
    pub(crate) fn answered(mut self, lines: &[&str]) -> String {
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut child = self.process.stdin(terminal.slave).spawn().unwrap();
        // The process has its own copy of the terminal, so close ours.
        self.process.stdin(Stdio::null());
        let mut keyboard = std::fs::File::from(terminal.master);
        for line in lines {
            writeln!(keyboard, "{line}").unwrap();
        }
        let mut output = String::new();
        child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        output
    }

    fn run(&mut self) -> (Output, String) {
        let mut child = self.process.spawn().unwrap();
        // The process may exit before it reads the input.
        let _ = child.stdin.take().unwrap().write_all(self.input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr.clone()).unwrap();
        (output, errors)
    }
}

/// Creates an empty folder for a test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
