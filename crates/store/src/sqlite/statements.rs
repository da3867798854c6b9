//! Runs statements on a connection.

use std::sync::Arc;
use std::time::Instant;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, StatementStatus, ToSql, params_from_iter};

use crate::log::Transaction;
use crate::{Failure, Reader, Result, Row, Value};

/// Says of each statement whether it fails. For tests.
pub type Faults = Arc<dyn Fn(&str) -> Fault + Send + Sync>;

/// Is told of each statement that has run, and how many steps it took. For tests.
pub type Steps = Arc<dyn Fn(&str, i32) + Send + Sync>;

/// How a statement fails. For tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It does not fail.
    None,
    /// It fails, and the transaction goes on.
    Error,
    /// It fails and ends the transaction, as a full disk may do.
    EndOfTransaction,
    /// It fails as a broken disk does.
    Disk,
    /// It panics.
    Panic,
}

/// The statements of a connection.
pub(super) struct Statements<'a> {
    pub(super) connection: &'a Connection,
    pub(super) faults: Option<&'a Faults>,
    pub(super) steps: Option<&'a Steps>,
    /// From when on no statement begins.
    pub(super) end: Option<Instant>,
}

impl<'a> Statements<'a> {
    pub(super) fn on(connection: &'a Connection) -> Self {
        Self { connection, faults: None, steps: None, end: None }
    }

    /// Runs a statement without parameters, such as `commit`.
    pub(super) fn execute(&self, sql: &'static str) -> Result<(), rusqlite::Error> {
        self.check(sql)?;
        self.connection.execute_batch(sql)
    }

    /// Fails after the end, and if a test asks for it.
    fn check(&self, sql: &str) -> Result<(), rusqlite::Error> {
        if self.end.is_some_and(|end| Instant::now() >= end) {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT);
            return Err(rusqlite::Error::SqliteFailure(code, Some("the read lasts too long".to_owned())));
        }
        let code = match self.faults.map_or(Fault::None, |faults| faults(sql)) {
            Fault::None => return Ok(()),
            Fault::Error => rusqlite::ffi::SQLITE_FULL,
            Fault::EndOfTransaction => {
                self.connection.execute_batch("rollback")?;
                rusqlite::ffi::SQLITE_FULL
            }
            Fault::Disk => rusqlite::ffi::SQLITE_IOERR,
            Fault::Panic => panic!("a fault of a test"),
        };
        let code = rusqlite::ffi::Error::new(code);
        Err(rusqlite::Error::SqliteFailure(code, Some("a fault of a test".to_owned())))
    }

    fn ran(&self, sql: &str, statement: &CachedStatement<'_>) {
        if let Some(steps) = self.steps {
            steps(sql, statement.reset_status(StatementStatus::VmStep));
        }
    }

    fn prepared(&self, sql: &'static str) -> Result<CachedStatement<'_>, rusqlite::Error> {
        self.check(sql)?;
        self.connection.prepare_cached(sql)
    }
}

impl Transaction for Statements<'_> {
    fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>> {
        let rows = || -> Result<Vec<Row>, rusqlite::Error> {
            let mut statement = self.prepared(sql)?;
            let columns = statement.column_count();
            let rows = statement.query_map(params_from_iter(values), |row| {
                (0..columns)
                    .map(|column| value(column, row.get_ref(column)?))
                    .collect::<Result<Vec<_>, _>>()
                    .map(Row)
            })?;
            let rows = rows.collect();
            self.ran(sql, &statement);
            rows
        };
        rows().map_err(|problem| failure(&problem))
    }

    fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<usize> {
        let run = || {
            let mut statement = self.prepared(sql)?;
            let changed = statement.execute(params_from_iter(values))?;
            self.ran(sql, &statement);
            Ok(changed)
        };
        run().map_err(|problem| failure(&problem))
    }
}

impl Reader for Statements<'_> {
    fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>> {
        Transaction::rows(self, sql, values)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

fn value(column: usize, value: ValueRef<'_>) -> Result<Value, rusqlite::Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Text(value) => {
            let text =
                std::str::from_utf8(value).map_err(|error| rusqlite::Error::Utf8Error(column, error))?;
            Value::Text(text.to_owned())
        }
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
        // The tables are strict: no column holds one.
        ValueRef::Real(_) => {
            return Err(rusqlite::Error::InvalidColumnType(column, String::new(), value.data_type()));
        }
    })
}

/// The failure of a statement before the commit: nothing was written.
pub(super) fn failure(problem: &rusqlite::Error) -> Failure {
    match problem {
        rusqlite::Error::SqliteFailure(code, _)
            if matches!(
                code.code,
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase
            ) =>
        {
            Failure::Corrupt(problem.to_string())
        }
        rusqlite::Error::Utf8Error(..) | rusqlite::Error::InvalidColumnType(..) => {
            Failure::Corrupt(problem.to_string())
        }
        _ => Failure::Unavailable(problem.to_string()),
    }
}
