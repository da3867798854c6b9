//! Generates and plays random histories with many people, clocks and directories.

use std::sync::LazyLock;

use jit_approvals::event::{Actor, At, Verdict};
use jit_approvals::json::Object;
use jit_approvals::{
    Act, ApprovalRequest, Decision, Directory, Id, Origin, Person, RequestBody, Template, UnixTime,
};
use proptest::prelude::*;

pub(crate) const START: UnixTime = UnixTime::from_seconds(1_700_000_000);
/// The lifetime of a request, in seconds.
pub(crate) const REQUEST_TTL: i64 = 50;
/// The lifetime of a grant, in seconds.
pub(crate) const GRANT_TTL: i64 = 20;

/// The people who can be approvers. One of them can be the subject.
pub(crate) const PEOPLE: [&str; 6] =
    ["ann@x.org", "bob@x.org", "cy@x.org", "dee@x.org", "José@x.org", "eve@x.org"];

/// A template, and the properties that vary between templates.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) template: Template,
    pub(crate) self_approval: bool,
    pub(crate) once: bool,
    pub(crate) signed: bool,
    pub(crate) subject: String,
}

/// An action that someone attempts.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Decide {
        who: usize,
        spelling: usize,
        verdict: Verdict,
        comment: bool,
        signed: bool,
        other_content: bool,
        without: usize,
    },
    Cancel,
    Expire,
    Consume {
        act: usize,
    },
    Revoke,
}

/// The time of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// The given number of seconds after the step before. Negative if a clock was set back.
    After(i64),
    /// The given number of seconds after the expiry of the request.
    Expiry(i64),
    /// The given number of seconds after the expiry of the grant. Without a grant, the time of the step before.
    GrantExpiry(i64),
}

/// Steps in their order, each with its time.
pub(crate) type History = Vec<(When, Step)>;

impl When {
    pub(crate) fn after(self, now: UnixTime, request: &ApprovalRequest) -> UnixTime {
        match self {
            Self::After(seconds) => now.plus(seconds),
            Self::Expiry(seconds) => START.plus(REQUEST_TTL + seconds),
            Self::GrantExpiry(seconds) => {
                request.grant().map_or(now, |grant| grant.issued_at().plus(GRANT_TTL + seconds))
            }
        }
    }
}

pub(crate) fn setting() -> impl Strategy<Value = Setting> {
    let stage = (prop::collection::vec(0..PEOPLE.len(), 1..5), any::<bool>(), 1..3_u32);
    let stages = prop::collection::vec(stage, 1..4);
    (stages, any::<[bool; 3]>(), prop_oneof![Just("kevin"), Just("ANN@x.org"), Just("jose\u{301}@X.org")])
        .prop_map(|(stages, [self_approval, once, signed], subject)| {
            let stages: Vec<Object> = stages
                .into_iter()
                .map(|(people, group, required)| {
                    let emails: Vec<&str> = people.into_iter().map(|person| PEOPLE[person]).collect();
                    let stage = Object::new().with("approvers", emails).with("requiredApprovals", required);
                    if group { stage.with("approverGroups", vec!["ops"]) } else { stage }
                })
                .collect();
            let record = Object::new()
                .with("approvalType", if signed { "signAndApprove" } else { "approve" })
                .with("templateName", "T")
                .with("approvalKey", "T")
                .with("approvalTitle", "Pay $(sum)?")
                .with("approvalData", "Pay $(sum) to $(to) for $(subject).")
                .with("metadata", vec![Object::from([("key", "sum")]), Object::from([("key", "to")])])
                .with("stages", stages)
                .with("allowSelfApproval", self_approval)
                .with("grantUse", if once { "once" } else { "untilExpiry" })
                .with("requestTtlSeconds", REQUEST_TTL)
                .with("grantTtlSeconds", GRANT_TTL);
            let template = Template::from_json(&record.into()).unwrap();
            Setting { template, self_approval, once, signed, subject: subject.to_owned() }
        })
}

pub(crate) fn history() -> impl Strategy<Value = History> {
    let decide = (0..PEOPLE.len(), 0..3_usize, 0..10_u8, any::<[bool; 2]>(), 0..12_u8, 0..2 * PEOPLE.len())
        .prop_map(|(who, spelling, reject, [comment, unsigned], other, without)| Step::Decide {
            who,
            spelling,
            verdict: if reject == 0 { Verdict::Reject } else { Verdict::Approve },
            comment,
            signed: !unsigned || spelling > 0,
            other_content: other == 0,
            without,
        });
    let step = prop_oneof![
        12 => decide,
        1 => Just(Step::Cancel),
        1 => Just(Step::Expire),
        4 => (0..ACTS.len()).prop_map(|act| Step::Consume { act }),
        1 => Just(Step::Revoke),
    ];
    // Times close to an expiry are frequent, because one second makes the difference there.
    let when = prop_oneof![
        40 => (0..4_i64).prop_map(When::After),
        5 => (-20..30_i64).prop_map(When::After),
        2 => (-1..2_i64).prop_map(When::Expiry),
        3 => (-1..2_i64).prop_map(When::GrantExpiry),
    ];
    prop::collection::vec((when, step), 1..40)
}

/// Acts to consume the grant with. The first is the approved act. Each other differs from it in one value.
pub(crate) const ACTS: [(&str, &str); 3] = [("$1", "kevin"), ("$2", "kevin"), ("$1", "evil")];

/// Returns a directory of all people except the one with this index. All people if the index is too large.
pub(crate) fn directory(without: usize) -> Directory {
    static ALL: LazyLock<Vec<Directory>> = LazyLock::new(|| {
        let build = |left_out: Option<&str>| {
            let people = PEOPLE.iter().filter(|email| Some(**email) != left_out);
            let group = people.clone().skip(2).map(|email| (*email).to_owned()).collect();
            let directory = Directory::new(people.map(|email| Person::new(*email))).unwrap();
            directory.with_groups([("ops".to_owned(), group)]).unwrap()
        };
        PEOPLE.iter().map(|email| build(Some(email))).chain([build(None)]).collect()
    });
    ALL[without.min(PEOPLE.len())].clone()
}

/// Opens a request. Returns `None` if opening fails, for example because too few people are eligible.
pub(crate) fn open(setting: &Setting) -> Option<ApprovalRequest> {
    let body = RequestBody::new("T").with_meta_data([("sum", ACTS[0].0), ("to", ACTS[0].1)]);
    let origin = Origin::new("shop", &setting.subject).unwrap();
    let at = At { now: START, id: id(0) };
    ApprovalRequest::open_at(&setting.template, &body, &origin, &directory(usize::MAX), at).ok()
}

/// Attempts a step. Returns whether it succeeded and changed the request.
pub(crate) fn attempt(request: &mut ApprovalRequest, step: &Step, now: UnixTime) -> bool {
    let before = request.head().count;
    let at = At { now, id: id(before) };
    let outcome = match step {
        Step::Decide { who, spelling, verdict, comment, signed, other_content, without } => {
            let email = PEOPLE[*who];
            let approver =
                [email.to_owned(), email.to_uppercase(), email.replace('é', "e\u{301}")][*spelling].clone();
            let seen = if *other_content { "0".repeat(64).parse().unwrap() } else { request.content_hash() };
            let mut decision = match verdict {
                Verdict::Approve => Decision::approve(approver, seen),
                Verdict::Reject => Decision::reject(approver, seen),
            };
            if *comment {
                decision = decision.with_comment("why");
            }
            if *signed {
                decision = decision.with_signature("me");
            }
            request.decide_at(&decision, &directory(*without), at).map(|_| ())
        }
        Step::Cancel => request.cancel_at(Actor::application("shop"), None, now),
        Step::Expire => request.expire_at(now).map(|_| ()),
        Step::Consume { act } => {
            let (sum, to) = ACTS[*act];
            request.consume_at(&Act::new([("sum", sum), ("to", to)]), now)
        }
        Step::Revoke => request.revoke_at(Actor::administrator("root"), None, now),
    };
    // A repeated decision succeeds and changes nothing.
    outcome.is_ok() && request.head().count > before
}

fn id(number: u64) -> Id {
    format!("018bcfe5-6800-7000-8000-{number:012}").parse().unwrap()
}
