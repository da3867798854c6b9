//! A folder that stands for a machine: commands for root run in it, and change nothing outside.

use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::PASSWORD;

/// The folders that commands name, each in the folder of the machine.
const FOLDERS: [&str; 3] = ["/usr/local/bin/", "/etc/", "/var/lib/"];

/// What stands for the programs that change a machine. Each accepts only what it knows.
const PROGRAMS: [(&str, &str); 4] = [
    ("useradd", r#"[ "$1" = --system ]; echo "${@: -1}" >> "$ROOT/users""#),
    ("runuser", r#"[ "$1 $3" = "-u --" ]; grep -qx "$2" "$ROOT/users"; shift 3; exec "$@""#),
    ("journalctl", r#"[ "$*" = "--unit jit-approvals --output cat --no-pager" ]; cat "$ROOT/journal""#),
    ("systemctl", include_str!("systemctl.sh")),
];

/// A machine.
pub(super) struct Machine {
    folder: tempfile::TempDir,
    /// Where its server listens.
    pub(super) address: SocketAddr,
    metrics: SocketAddr,
}

impl Machine {
    /// A machine with a clone of the project, in which the program was built.
    pub(super) fn new(project: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["usr/local/bin", "etc/systemd/system", "var/lib", "programs", "clone/target/release"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        symlink(project.join("crates"), root.join("clone/crates")).unwrap();
        let program = env!("CARGO_BIN_EXE_jit-approvals");
        symlink(program, root.join("clone/target/release/jit-approvals")).unwrap();
        for (name, text) in PROGRAMS {
            let path = root.join("programs").join(name);
            fs::write(&path, format!("#!/bin/bash\nset -eu\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        }
        // Other servers of this machine may listen where this one does by default. Both are bound before one is freed.
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [address, metrics] = free.map(|listener| listener.local_addr().unwrap());
        let connect = |port: u16, address: SocketAddr| format!("connect-to = 127.0.0.1:{port}:{address}\n");
        fs::write(root.join(".curlrc"), connect(8080, address) + &connect(9464, metrics)).unwrap();
        Self { folder, address, metrics }
    }

    /// Runs commands, which must succeed. Returns what they print.
    pub(super) fn run(&self, shell: &str, commands: &str) -> String {
        let root = self.folder.path();
        let mut moved = commands.to_owned();
        for folder in FOLDERS {
            moved = moved.replace(folder, &format!("{}{folder}", root.display()));
        }
        let path = std::env::var("PATH").unwrap();
        let path = format!("{0}/programs:{0}/usr/local/bin:{path}", root.display());
        let mut child = Command::new(shell)
            .args(["-euc", &moved])
            .current_dir(root.join("clone"))
            .env("HOME", root)
            .env("ROOT", root)
            .env("PATH", path)
            .env("JIT_LISTEN", self.address.to_string())
            .env("JIT_METRICS_LISTEN", self.metrics.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // What the operator types. Most commands do not read it.
        let _ = writeln!(child.stdin.take().unwrap(), "{PASSWORD}");
        let output = child.wait_with_output().unwrap();
        let journal = || fs::read_to_string(root.join("journal")).unwrap_or_default();
        assert!(output.status.success(), "{commands}\n{output:?}\n{}", journal());
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn is_running(&self) -> bool {
        self.exists("pid")
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.folder.path().join(name).exists()
    }

    pub(super) fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.folder.path().join(name)).unwrap().permissions().mode() & 0o777
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Ok(id) = fs::read_to_string(self.folder.path().join("pid")) {
            let _ = Command::new("kill").args(["-KILL", id.trim()]).status();
        }
    }
}
