//! Ids stay unique among the children of a fork, though all of them begin with the same buffered bytes.
#![cfg(unix)]
#![allow(unsafe_code, reason = "there is no safe way to fork")]

use std::collections::HashSet;
use std::io::{Read as _, Write as _};

use jit_approvals::Id;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

const CHILDREN: usize = 16;
const IDS: usize = 200;

// The only test in this binary: a child may go on with no more than what its one thread needs.
#[test]
fn children_of_a_fork_share_no_id() {
    // Now the buffer is filled, and every child has its bytes.
    let mut ids = vec![Id::v4().unwrap().to_string()];
    // A pipe for each child: in one, the texts of several could be mixed.
    let children: Vec<_> = (0..CHILDREN)
        .map(|_| {
            let (reader, mut writer) = std::io::pipe().unwrap();
            // SAFETY: the child makes ids, writes them and leaves by `_exit`; it takes no lock of another thread.
            match unsafe { fork() }.unwrap() {
                ForkResult::Parent { child } => (child, reader),
                ForkResult::Child => {
                    let made: Vec<String> = (0..IDS).map(|_| Id::v4().unwrap().to_string()).collect();
                    let written = writer.write_all(made.join("\n").as_bytes()).is_ok();
                    // SAFETY: ends the process without running anything of the parent's.
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
