//! Stores with few and with many requests. They are kept for the next run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jit_approvals::event::At;
use jit_approvals::{ApprovalRequest, Decision, Directory, Id, Origin, RequestBody, Template};
use jit_approvals_store::{
    ApplicationRow, Change, CompanyRow, InboxRow, LogEvent, Options, Outcome, Reader, RequestRow, RowChange,
    Sqlite, Store as _, TemplateRow, directory,
};
use sha2::{Digest as _, Sha256};

use crate::Plan;
use crate::shop::{BODY, ISS, STEVE, Shop, TEMPLATE};

/// How many requests the small store holds.
const FEW: usize = 2000;

/// One of how many requests is pending. The others are approved.
const PENDING: usize = 8;

/// How many changes are queued at a time.
const AT_A_TIME: usize = 256;

/// The requests in a store stay pending for 30 days, so that none of them expires while it is measured. After this time
/// the store is made anew.
const KEPT: Duration = Duration::from_secs(20 * 24 * 3600);

/// A store that was made.
pub(crate) struct Made {
    pub(crate) folder: PathBuf,
    /// The secret of the application's signing key.
    pub(crate) secret: String,
    pub(crate) count: usize,
}

/// Returns a small and a large store. What is missing is made, through the store itself.
pub(crate) fn ready(plan: &Plan) -> [Made; 2] {
    [FEW, plan.many].map(|count| {
        let folder = plan.folder.join("stores").join(format!("{}-{count}", schema()));
        let age =
            folder.metadata().and_then(|folder| folder.modified()).ok().and_then(|made| made.elapsed().ok());
        if age.is_none_or(|age| age > KEPT) {
            make(plan, &folder, count);
        }
        let secret = std::fs::read_to_string(folder.join("signing-key")).expect("it was made");
        Made { folder, secret, count }
    })
}

/// What the stores depend on: the migrations, the purchase, and how it is filled in here.
fn schema() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/store/src/sqlite/migrations");
    let files = std::fs::read_dir(folder).expect("the migrations");
    let mut texts: Vec<_> =
        files.map(|file| std::fs::read(file.expect("a file").path()).expect("a text")).collect();
    texts.sort();
    texts.extend([TEMPLATE.into(), BODY.into(), include_bytes!("stores.rs").to_vec()]);
    let digest = texts.iter().fold(Sha256::new(), Sha256::chain_update).finalize();
    digest[..4].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn make(plan: &Plan, folder: &Path, count: usize) {
    eprintln!("  making a store with {count} requests");
    let unfinished = folder.with_extension("unfinished");
    for old in [folder, &unfinished] {
        if old.exists() {
            std::fs::remove_dir_all(old).expect("it can be removed");
        }
    }
    std::fs::create_dir_all(folder.parent().expect("it has one")).expect("a folder");
    let template = TEMPLATE.replacen('{', r#"{"requestTtlSeconds":2592000,"#, 1);
    let shop = Shop::new(&plan.binary, &unfinished, &template);
    std::fs::write(unfinished.join("signing-key"), &shop.secret).expect("a file");
    shop.program.stop();
    fill(&unfinished.join("store.sqlite"), count);
    std::fs::rename(unfinished, folder).expect("both are in one folder");
}

/// Opens and decides requests as the server does, without its calls.
fn fill(path: &Path, count: usize) {
    let store = Sqlite::open(path, Options::default()).expect("the server has made it");
    let mut maker = None;
    store
        .read(&mut |reader: &mut dyn Reader| {
            maker = Some(Maker::load(reader)?);
            Ok(())
        })
        .expect("it can be read");
    let (maker, mut made) = (maker.expect("it was read"), 0);
    while made < count {
        let change =
            |number: usize| store.submit(maker.change(made + number, &store)).expect("the queue is short");
        let queued: Vec<_> = (0..AT_A_TIME.min(count - made)).map(change).collect();
        for result in queued {
            match result.recv().expect("the store works").expect("the store works") {
                Outcome::Committed { .. } => made += 1,
                // It has waited too long. There will be another one instead.
                Outcome::Moved => {}
                other => panic!("{other:?}"),
            }
        }
    }
    let problems = store.check().expect("it can be read");
    assert_eq!(problems, Vec::<String>::new());
}

/// What all requests have in common.
struct Maker {
    company: CompanyRow,
    template: Template,
    body: RequestBody,
    people: Directory,
}

impl Maker {
    fn load(reader: &mut dyn Reader) -> jit_approvals_store::Result<Self> {
        let company = CompanyRow::list(reader, Id::NIL, 1)?.remove(0);
        let application = ApplicationRow::identified(reader, ISS)?.expect("an application").application;
        let body = RequestBody::parse(BODY).expect("a body");
        let row = TemplateRow::newest(reader, company.id, body.template_id())?.expect("a template");
        let template = Template::parse(&row.text).expect("a template");
        let people = directory(reader, company.id, Some(application), &template.needs(&body))?;
        Ok(Self { company, template, body, people })
    }

    /// A request that was opened and, except for some, approved: one change for both.
    fn change(&self, number: usize, store: &Sqlite) -> Change {
        let at = || At { now: store.now(), id: Id::v7().expect("the system's random generator works") };
        let origin = Origin::new(ISS, &format!("user-{}", number % 10_000)).expect("an origin");
        let origin = origin.with_company(&self.company.id.to_string()).expect("a company");
        let origin = origin.with_company_name(ISS).expect("a name");
        let opened = ApprovalRequest::open_at(&self.template, &self.body, &origin, &self.people, at());
        let mut request = opened.expect("it opens");
        if !number.is_multiple_of(PENDING) {
            let decision = Decision::approve(STEVE, request.content_hash());
            assert!(request.decide_at(&decision, &self.people, at()).expect("it is decided"));
        }
        let events: Vec<LogEvent> = request.events_since(0).iter().map(LogEvent::from).collect();
        let inbox = InboxRow::of(request.as_ref()).into_iter().map(RowChange::Inbox);
        let rows =
            std::iter::once(RowChange::Request(RequestRow::of(request.as_ref()))).chain(inbox).collect();
        let at = events.last().expect("it was opened").at;
        Change { company: self.company.id, revision: None, at, events, rows, claims: Vec::new() }
    }
}
