//! The process is killed at named points: before each system call that writes, one after the other.
//!
//! The program has no hook for this. `strace` counts a thread's calls of one kind, and kills the process before one of
//! them is carried out. Whatever a kill leaves in the files is what the point is about: what only a loss of power loses is
//! not.

mod backup;
mod calls;
mod checkpoint;
mod every;
mod first_start;
mod server_key;
mod strace;
mod table;
mod trace;
