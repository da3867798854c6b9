//! How much each caller may do.

/// How much each caller may do. Refusals name the limit and when to try again.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The calls of an application in a second. It may make four times as many at once.
    pub calls_per_second: u32,
    /// The calls of an application that wait at a time.
    pub application_waits: u32,
    /// The requests of an application that are pending at a time.
    pub application_pending: u32,
    /// The requests of a subject of an application that are pending at a time: many prompts at once are an attack on
    /// their approver.
    pub subject_pending: u32,
    /// The streams of a person, and also the calls of a person that wait at a time.
    pub person_streams: u32,
    /// The calls with a refused credential from an address in a minute.
    pub refusals_per_minute: u32,
    /// The sign-ins from an address in a minute.
    pub sign_ins_per_minute: u32,
    /// The failed sign-ins for an account from an address in a minute.
    pub failed_sign_ins_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls_per_second: 50,
            application_waits: 1_000,
            application_pending: 10_000,
            subject_pending: 20,
            person_streams: 5,
            refusals_per_minute: 20,
            sign_ins_per_minute: 10,
            failed_sign_ins_per_minute: 5,
        }
    }
}
