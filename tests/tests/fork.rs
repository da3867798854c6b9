//! Tests that ids are unique after a fork, although all children start with the same buffered random bytes.
#![cfg(unix)]
#![allow(unsafe_code, reason = "there is no safe function that forks")]

use std::collections::HashSet;
use std::io::{Read as _, Write as _};

use jit_approvals::Id;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

const CHILDREN: usize = 16;
const IDS: usize = 200;

// This is the only test in this binary: a child process has only the thread that forked, so a lock that another thread
// holds at that time is never released.
#[test]
fn children_of_a_fork_share_no_id() {
    // This call fills the buffer, so that every child has the same bytes.
    let mut ids = vec![Id::v4().unwrap().to_string()];
    // Each child has its own pipe. In a shared pipe the texts of several children could be mixed.
    let children: Vec<_> = (0..CHILDREN)
        .map(|_| {
            let (reader, mut writer) = std::io::pipe().unwrap();
            // SAFETY: the child creates ids, writes them and ends with `_exit`. It needs no lock of another thread.
            match unsafe { fork() }.unwrap() {
                ForkResult::Parent { child } => (child, reader),
                ForkResult::Child => {
                    let made: Vec<String> = (0..IDS).map(|_| Id::v4().unwrap().to_string()).collect();
                    let written = writer.write_all(made.join("\n").as_bytes()).is_ok();
                    // SAFETY: `_exit` ends the process without running destructors or exit handlers of the parent.
                    unsafe { nix::libc::_exit(i32::from(!written)) }
                }
            }
        })
        .collect();
    for (child, mut reader) in children {
        let mut made = String::new();
        reader.read_to_string(&mut made).unwrap();
        assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
        ids.extend(made.lines().map(|line| line.parse::<Id>().unwrap().to_string()));
    }
    ids.extend((0..IDS).map(|_| Id::v4().unwrap().to_string()));
    let distinct: HashSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (1 + (CHILDREN + 1) * IDS, ids.len()));
}
