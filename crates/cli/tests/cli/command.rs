//! Running the binary.

use std::process::{Command as Process, Output};

/// One call of `jit-approvals`, without any of the caller's own settings for colour.
pub(crate) struct Command(Process);

impl Command {
    pub(crate) fn new<const N: usize>(arguments: [&str; N]) -> Self {
        let mut process = Process::new(env!("CARGO_BIN_EXE_jit-approvals"));
        process.args(arguments);
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            process.env_remove(variable);
        }
        Self(process)
    }

    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.0.env(variable, value);
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

    fn run(&mut self) -> (Output, String) {
        let output = self.0.output().unwrap();
        let errors = String::from_utf8(output.stderr.clone()).unwrap();
        (output, errors)
    }
}
