//! Running the binary.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command as Process, Output, Stdio};

/// One call of `jit-approvals`, without any of the caller's own settings for colours and keys.
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

    /// With more arguments.
    pub(crate) fn and<const N: usize>(mut self, arguments: [&str; N]) -> Self {
        self.process.args(arguments);
        self
    }

    /// With this text on its standard input.
    pub(crate) fn reading(mut self, input: &str) -> Self {
        input.clone_into(&mut self.input);
        self
    }

    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.process.env(variable, value);
        self
    }

    /// In the tests' own folder: where the arguments name a file to write, it is written there.
    pub(crate) fn inside_the_tests_folder(mut self) -> Self {
        self.process.current_dir(env!("CARGO_TARGET_TMPDIR"));
        self
    }

    /// Its standard output; it must leave with 0 and say nothing else.
    pub(crate) fn succeeds(mut self) -> String {
        let (output, errors) = self.run();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Its standard error; it must leave with this code and print nothing.
    pub(crate) fn fails_with(mut self, code: i32) -> String {
        let (output, errors) = self.run();
        assert_eq!(output.status.code(), Some(code), "{errors}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        errors
    }

    /// Its standard output; it must leave with this code and say nothing else.
    pub(crate) fn reports_with(mut self, code: i32) -> String {
        let (output, errors) = self.run();
        assert_eq!((output.status.code(), errors.as_str()), (Some(code), ""));
        String::from_utf8(output.stdout).unwrap()
    }

    /// All that it prints, on both streams, whatever it leaves with.
    pub(crate) fn prints(mut self) -> String {
        let (output, errors) = self.run();
        String::from_utf8(output.stdout).unwrap() + &errors
    }

    /// Its standard output and its standard error; it must leave with this code.
    pub(crate) fn prints_and_fails_with(mut self, code: i32) -> (String, String) {
        let (output, errors) = self.run();
        assert_eq!(output.status.code(), Some(code), "{errors}");
        (String::from_utf8(output.stdout).unwrap(), errors)
    }

    /// Its standard output, when these lines are typed at a terminal; it must leave with 0.
    #[cfg(unix)]
    pub(crate) fn answered(mut self, lines: &[&str]) -> String {
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut child = self.process.stdin(terminal.slave).spawn().unwrap();
        // The process has its own copy of the terminal's end; ours closes here.
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
        // It may leave without reading it.
        let _ = child.stdin.take().unwrap().write_all(self.input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr.clone()).unwrap();
        (output, errors)
    }
}

/// A folder of this test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
