//! Starts and stops a server.

use std::fs::File;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jit_approvals_store::{CompanyRow, Options, Position, READS, Reader, Sqlite, Store as _, stream};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use zeroize::Zeroizing;

use crate::budget::Budgets;
use crate::connection::Places;
use crate::feed::Feed;
use crate::first_start::{self, FIRST_LINK};
use crate::health::Readiness;
use crate::password::Passwords;
use crate::pending::Pending;
use crate::restore::{self, Restored};
use crate::rings::Rings;
use crate::seal::{CHECK_NAME, KeyFile, ServerKey, new_secret};
use crate::settings::{PublicUrl, Settings};
use crate::state::{Lanes, State};
use crate::streams::Streams;
use crate::templates::Templates;
use crate::{background, clock, connection, metrics, router, sweep};

/// How many calls are worked on at a time. Most of them wait for their change to be written.
const TURNS: usize = 128;

/// By how many seconds the clock may be behind the newest event at the start.
const BEHIND: i64 = 300;

/// For how long a stop waits for calls to end.
const STOP: Duration = Duration::from_secs(9);

/// Why a server or an operator's command does not work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Problem(pub(crate) String);

impl Problem {
    pub(crate) fn new(problem: impl std::fmt::Display) -> Self {
        Self(problem.to_string())
    }
}

impl From<jit_approvals_store::Failure> for Problem {
    fn from(failure: jit_approvals_store::Failure) -> Self {
        Self::new(failure)
    }
}

impl From<io::Error> for Problem {
    fn from(problem: io::Error) -> Self {
        Self::new(problem)
    }
}

impl From<jit_approvals::Error> for Problem {
    fn from(error: jit_approvals::Error) -> Self {
        Self::new(error)
    }
}

/// What a server says of itself when it has started.
#[derive(Debug)]
pub struct Started {
    /// Where it accepts calls.
    pub address: SocketAddr,
    /// Where it is seen from outside.
    pub url: String,
    /// Where its metrics are.
    pub metrics: Option<SocketAddr>,
    /// The one-time secret with which the first company is made, while there is none.
    pub first_secret: Option<Zeroizing<String>>,
    /// The backup that this start has put to use, if the store was one.
    pub restored: Option<Restored>,
}

/// What the connections of a server share.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) state: Arc<State>,
    pub(crate) turns: Arc<Semaphore>,
    /// How many more calls may compute. As many compute at a time as may read from the store.
    pub(crate) computing: Arc<Semaphore>,
    proxies: Vec<ipnet::IpNet>,
}

/// Serves until the process is asked to stop. `started` is called when calls are accepted.
///
/// # Errors
///
/// If the server cannot start.
pub fn serve(settings: &Settings, started: impl FnOnce(&Started)) -> Result<(), Problem> {
    if let Some(mistake) = settings.mistakes().into_iter().next() {
        return Err(Problem(mistake));
    }
    let _lock = lock(&settings.data)?;
    let (store, key) = open(settings)?;
    let mut restored = None;
    restore::finish(&store, |now| restored = Some(now))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(TURNS + 16)
        .build()
        .map_err(Problem::new)?;
    let ended = runtime.block_on(run(settings, store, key, restored, started));
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn run(
    settings: &Settings,
    store: Sqlite,
    key: ServerKey,
    restored: Option<Restored>,
    started: impl FnOnce(&Started),
) -> Result<(), Problem> {
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.map_err(|problem| Problem(format!("{}: {problem}", settings.listen)))?;
    let address = listener.local_addr()?;
    let url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let url = PublicUrl::parse(&url).map_err(Problem)?;
    let first_secret = first_secret(&store)?;
    let (stop, stopping) = watch::channel(false);
    let connections = Places::new(settings.connections.min(crate::files::limit()));
    let state = Arc::new(State {
        store,
        key,
        url: url.clone(),
        wall: clock::system(),
        rings: Rings::default(),
        templates: Templates::default(),
        passwords: Passwords::default(),
        limits: settings.limits.clone(),
        budgets: Budgets::new(&settings.limits),
        pending: Pending::default(),
        feed: Feed::new(settings.waits, settings.limits.application_waits, settings.limits.person_streams),
        streams: Streams::new(settings.waits, settings.limits.person_streams),
        connections: connections.clone(),
        lanes: Lanes::default(),
        readiness: Readiness::default(),
    });
    let metrics = metrics::start(settings.metrics_listen, &state, stopping.clone()).await?;
    let mut proxies = settings.trusted_proxies.clone();
    if !url.is_loopback {
        // What ends TLS is on this machine.
        proxies
            .extend(["127.0.0.0/8", "::1/128"].map(|net| net.parse::<ipnet::IpNet>().expect("a constant")));
    }
    let (turns, computing) = (Arc::new(Semaphore::new(TURNS)), Arc::new(Semaphore::new(READS)));
    let server = Arc::new(Server { state: state.clone(), turns, computing, proxies });
    let closing = Arc::new(AtomicBool::new(false));
    // Calls are accepted after this: none of their changes is missed, however late the thread begins.
    let positions = state.store.follow();
    let sweep = background::spawn("sweep", {
        let (state, closing) = (state.clone(), closing.clone());
        move || sweep::run(&state, &closing)
    })?;
    let feed = background::spawn("feed", {
        let (state, closing) = (state.clone(), closing.clone());
        move || follow(&state, &positions, &closing)
    })?;
    let serving = tokio::spawn(connection::serve(listener, router::router(&server), connections, stopping));
    // Whoever is told that it has started may ask it to stop at once.
    let asked = asked_to_stop()?;
    started(&Started { address, url: url.origin, metrics, first_secret, restored });
    asked.await?;
    tracing::info!("stopping");
    state.feed.close();
    stop.send_replace(true);
    let _ = tokio::time::timeout(STOP, serving).await;
    closing.store(true, Ordering::Relaxed);
    for thread in [sweep, feed] {
        let _ = thread.join();
    }
    // The last owner drains the writer and moves everything into the file.
    drop((server, state));
    Ok(())
}

/// Waits until the process is asked to stop. From the call on, no such signal ends the process.
fn asked_to_stop() -> io::Result<impl Future<Output = io::Result<()>>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => Ok(()),
                _ = interrupt.recv() => Ok(()),
            }
        })
    }
    #[cfg(not(unix))]
    Ok(tokio::signal::ctrl_c())
}

/// Wakes the calls that wait for what was committed.
fn follow(state: &State, positions: &Receiver<Position>, closing: &AtomicBool) {
    while !closing.load(Ordering::Relaxed) {
        match positions.recv_timeout(Duration::from_millis(200)) {
            Ok(position) => {
                state.feed.moved(&position.streams);
                state.streams.moved(state, &position);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Locks the folder of a store, so that only one server works on it.
pub(crate) fn lock(data: &Path) -> Result<File, Problem> {
    folder(data)?;
    let path = data.join("lock");
    let named = |problem: io::Error| Problem(format!("{}: {problem}", path.display()));
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(named)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Problem(format!("another server uses {}", data.display())))
        }
        Err(std::fs::TryLockError::Error(problem)) => Err(named(problem)),
    }
}

/// Creates the folder of a store, for its owner only, if it does not exist.
fn folder(data: &Path) -> Result<(), Problem> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data).map_err(|problem| Problem(format!("{}: {problem}", data.display())))
}

/// Opens the store and the server key. Both are created at the first start.
fn open(settings: &Settings) -> Result<(Sqlite, ServerKey), Problem> {
    let path = settings.data.join(STORE);
    let existed = path.exists();
    let wall = clock::system();
    let store = Sqlite::open(&path, Options { clock: wall, ..Options::default() })?;
    let key = server_key(&store, &KeyFile::new(&settings.server_key), existed, true)?;
    let mut newest = None;
    store.read(&mut |reader: &mut dyn Reader| {
        newest = stream::newest(reader)?;
        Ok(())
    })?;
    let now = wall();
    if let Some(newest) = newest.filter(|newest| now.plus(BEHIND) < *newest) {
        return Err(Problem(format!(
            "the clock of the system says {now}, but the newest event is of {newest}: set the clock"
        )));
    }
    Ok((store, key))
}

/// The file of the store in its folder.
pub(crate) const STORE: &str = "store.sqlite";

/// Reads the key of the store. A new store gets a new key; beside an existing one, none is ever created. `is_alone` says
/// that the caller holds the lock of the folder.
pub(crate) fn server_key(
    store: &Sqlite,
    file: &KeyFile,
    existed: bool,
    is_alone: bool,
) -> Result<ServerKey, Problem> {
    if is_alone {
        file.remove_parts()?;
    }
    let mut check = None;
    store.read(&mut |reader: &mut dyn Reader| {
        check = stream::meta(reader, CHECK_NAME)?;
        Ok(())
    })?;
    if let Some(check) = check {
        if is_alone {
            file.settle(&check)?;
        }
        return file.read(&check).map_err(Problem::new);
    }
    if existed && !is_empty(store)? {
        return Err(Problem::new("the store has no check value for its server key: it is damaged"));
    }
    // A start that was interrupted before the check value was written has left the file.
    let key = if file.exists() { file.read_any()? } else { file.create()? };
    store.set_meta(CHECK_NAME, key.check_value()?, false)?;
    Ok(key)
}

fn is_empty(store: &Sqlite) -> Result<bool, Problem> {
    let mut any = false;
    store.read(&mut |reader: &mut dyn Reader| {
        any = CompanyRow::any(reader)?;
        Ok(())
    })?;
    Ok(!any)
}

/// Makes a new secret for the first company, which replaces the last one. `None` if there is a company.
fn first_secret(store: &Sqlite) -> Result<Option<Zeroizing<String>>, Problem> {
    if !is_empty(store)? {
        return Ok(None);
    }
    let (secret, digest) = new_secret()?;
    store.set_meta(FIRST_LINK, first_start::stored(&digest, store.now()), true)?;
    Ok(Some(secret))
}

impl Server {
    /// The address of who calls: behind proxies that are trusted, the last hop that is none of them.
    pub(crate) fn client(&self, peer: IpAddr, headers: &http::HeaderMap) -> IpAddr {
        let is_trusted = |address: &IpAddr| self.proxies.iter().any(|net| net.contains(address));
        let mut client = peer.to_canonical();
        let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
        for hop in hops.iter().rev() {
            // Some proxies add the port.
            let address = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|hop| hop.ip()));
            match address {
                Ok(address) if is_trusted(&client) => client = address.to_canonical(),
                _ => break,
            }
        }
        client
    }
}
