//! Kills a process before one of its system calls, with `strace`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::trace::{Point, Trace, role};
use crate::server::until;

/// The system calls that change a file or its name.
pub(super) const FILES: [&str; 14] = [
    "openat",
    "write",
    "pwrite64",
    "ftruncate",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
];

/// Those of a thread that writes to files which are open.
pub(super) const WRITES: [&str; 4] = ["pwrite64", "ftruncate", "fsync", "fdatasync"];

/// The system calls that send an answer.
pub(super) const ANSWER: [&str; 3] = ["sendto", "sendmsg", "writev"];

/// Where a process is killed: before a thread makes a call of this name for the nth time.
#[derive(Debug, Clone)]
pub(super) struct Kill {
    pub(super) call: String,
    /// The only file whose calls count, if there is one.
    pub(super) file: Option<String>,
    pub(super) nth: usize,
}

/// A `strace` that follows a process that runs.
pub(super) struct Strace {
    child: Child,
    folder: tempfile::TempDir,
    kill: Option<Kill>,
}

/// Whether processes can be killed in this way. Where everything is tested, it must be possible.
pub(super) fn is_there() -> bool {
    let output = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    let is_there = output.as_ref().is_ok_and(|output| output.status.success());
    assert!(is_there || std::env::var_os("CI").is_none(), "run `apt-get install strace`: {output:?}");
    if !is_there {
        println!("skipped: strace is not installed, or may not follow a process");
    }
    is_there
}

/// Runs a command, and kills it if that is asked for. Only calls about files in the folder count.
pub(super) fn run(command: &mut Command, folder: &Path, kill: Option<&Kill>) -> (Output, Trace) {
    let traces = tempfile::tempdir().unwrap();
    let mut strace = launcher(command, folder, kill, traces.path());
    let output = strace.output().unwrap();
    let trace = Trace::read(traces.path(), kill);
    assert_eq!(trace.killed.is_some(), output.status.code().is_none(), "{output:?} {trace:?}");
    (output, trace)
}

/// The command, under strace.
pub(super) fn launcher(command: &Command, folder: &Path, kill: Option<&Kill>, traces: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(arguments(&FILES, kill)).arg("-f").arg("-o").arg(traces.join("trace"));
    // It compares paths as they are given.
    let file = kill.and_then(|kill| kill.file.as_deref());
    for path in paths(folder).into_iter().filter(|path| file.is_none_or(|file| role(path) == file)) {
        strace.arg("-P").arg(path);
    }
    strace.arg(command.get_program()).args(command.get_args());
    strace.current_dir(command.get_current_dir().unwrap());
    strace
}

/// The files that the commands write.
fn paths(folder: &Path) -> Vec<std::path::PathBuf> {
    let data = [
        "lock",
        "first-link",
        "server.key",
        "server.key.part",
        "server.key.new",
        "server.key.new.part",
        "store.sqlite",
        "store.sqlite-journal",
        "store.sqlite-wal",
    ];
    let copy = ["copy", "copy.part", "copy.part-journal", "copy.part-wal"];
    let mut paths = vec![folder.to_owned(), folder.join("data")];
    paths.extend(data.iter().map(|name| folder.join("data").join(name)));
    paths.extend(copy.iter().map(|name| folder.join(name)));
    paths
}

fn arguments(calls: &[&str], kill: Option<&Kill>) -> Vec<String> {
    // Not every kind of machine has every call.
    let calls: Vec<String> = calls.iter().map(|call| format!("?{call}")).collect();
    let mut arguments = vec!["-y", "-Y", "-s", "0", "-e"].into_iter().map(str::to_owned).collect::<Vec<_>>();
    arguments.push(format!("trace={}", calls.join(",")));
    if let Some(Kill { call, nth, .. }) = kill {
        arguments.extend(["-e".to_owned(), format!("inject={call}:signal=KILL:when={nth}")]);
    }
    arguments
}

impl Strace {
    /// Follows one thread of a process.
    pub(super) fn thread(process: u32, name: &str, calls: &[&str], kill: Option<&Kill>) -> Self {
        let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
        let mut tasks = tasks.map(|task| task.unwrap().path());
        let is_it = |path: &std::path::PathBuf| {
            std::fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim() == name)
        };
        let task = tasks.find(is_it).unwrap_or_else(|| panic!("no thread {name}"));
        Self::attach(&["-p", task.file_name().unwrap().to_str().unwrap()], calls, kill)
    }

    /// Follows all threads of a process.
    pub(super) fn process(process: u32, calls: &[&str], kill: Option<&Kill>) -> Self {
        Self::attach(&["-f", "-p", &process.to_string()], calls, kill)
    }

    fn attach(to: &[&str], calls: &[&str], kill: Option<&Kill>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut strace = Command::new("strace");
        strace.args(arguments(calls, kill)).arg("-o").arg(folder.path().join("trace")).args(to);
        let mut child = strace.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        assert!(first.contains(" attached"), "{first}");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, folder, kill: kill.cloned() }
    }

    /// What was done until now.
    pub(super) fn so_far(&self) -> Trace {
        Trace::read(self.folder.path(), self.kill.as_ref())
    }

    /// Waits until the process has been killed.
    pub(super) fn killed(self) -> Trace {
        until(|| Some(self.so_far()).filter(|trace| trace.killed.is_some()))
    }

    /// Lets the process go on alone. Returns what it did.
    pub(super) fn detach(mut self) -> Trace {
        // The system lets a process go whose `strace` has ended. Asked to let it go, `strace` may wait for ever for a
        // process that ends meanwhile.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.so_far()
    }
}

impl Drop for Strace {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_process_is_killed_before_the_call_is_carried_out() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy");
    let script = format!("for i in 1 2 3; do echo $i >> {}; done", file.display());
    let mut seen = Vec::new();
    for nth in 1..=3 {
        let kill = Kill { call: "write".to_owned(), file: None, nth };
        let _ = std::fs::remove_file(&file);
        let mut command = Command::new("sh");
        command.args(["-c", &script]).current_dir(folder.path());
        let (_, trace) = run(&mut command, folder.path(), Some(&kill));
        let killed = trace.killed.unwrap().1;
        assert_eq!(killed, Point { call: "write".to_owned(), file: "copy".to_owned() });
        seen.push(std::fs::read_to_string(&file).unwrap());
    }
    assert_eq!(seen, ["", "1\n", "1\n2\n"]);
}
