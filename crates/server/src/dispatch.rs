//! Takes a call from the wire to its endpoint, and the answer back.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use http::header::{ALLOW, HOST};
use http::{HeaderValue, Method, Response, Version};
use jit_approvals_api::{errors, headers, paths};
use jit_approvals_base::{Id, Plain};
use jit_approvals_store::{Failure, Outcome, Reader, Store as _, Unique};
use tokio::sync::OwnedSemaphorePermit;

use crate::answer::{Answer, Computed, Reply, Written, event_stream};
use crate::body;
use crate::call::{Call, Work, invalid_header};
use crate::feed::Place;
use crate::log;
use crate::notification;
use crate::pending;
use crate::refusal::{Refusal, Told};
use crate::router::{Attempted, Route, Run};
use crate::server::Server;
use crate::state::{Attempt, Counted, written};

/// For how long a call waits for its turn.
const TURN_TIME: Duration = Duration::from_secs(2);

/// How often a call is computed anew.
const ATTEMPTS: u32 = 16;

/// After how many attempts a call is computed while its company's lane is held.
const LOST: u32 = 3;

/// The routes whose calls may have an idempotency key.
const REPEATABLE: [&str; 4] = [paths::REQUESTS, paths::CANCEL, paths::CONSUME, paths::REVOKE];

/// Creates the id of a call.
pub(crate) fn instance() -> Id {
    Id::v4().unwrap_or(Id::NIL)
}

/// Answers a call to an address without a route.
pub(crate) fn not_found(instance: Id) -> Response<Body> {
    Told::from(errors::not_found()).into_response(instance)
}

/// Answers a call.
pub(crate) async fn call(
    server: Arc<Server>,
    route: Arc<Route>,
    parameters: Vec<(String, String)>,
    request: Request,
) -> Response<Body> {
    let (instance, begun) = (instance(), Instant::now());
    let method = request.method().clone();
    let mut seen = Seen::default();
    let result = answer(&server, &route, parameters, request, instance, &mut seen).await;
    let response = match result {
        Ok(response) => response,
        Err(Refusal::Store(failure @ Failure::Unknown(_))) => {
            // Any answer could be wrong. The process is about to end, and closes the connection.
            log::failure(instance, &failure);
            return std::future::pending().await;
        }
        Err(refusal) => told(refusal, instance).into_response(instance),
    };
    log::call(instance, &seen, &method, route.path, &response, begun.elapsed());
    response
}

/// What was seen of a call, for the log.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Who called: never a credential.
    pub(crate) caller: Option<String>,
    /// How many statements have read for it.
    pub(crate) statements: u32,
    /// How many changes were handed to the store.
    pub(crate) changes: u32,
}

async fn answer(
    server: &Arc<Server>,
    route: &Arc<Route>,
    parameters: Vec<(String, String)>,
    request: Request,
    instance: Id,
    seen: &mut Seen,
) -> Result<Response<Body>, Refusal> {
    let (parts, body) = request.into_parts();
    // A HEAD is answered as a GET; its body is not sent.
    let method = if parts.method == Method::HEAD { Method::GET } else { parts.method };
    let Some(index) = route.endpoints.iter().position(|endpoint| endpoint.method == method) else {
        return Err(not_allowed(route, &method));
    };
    let body = if method == Method::GET { Bytes::new() } else { body::read(&parts.headers, body).await? };
    let peer = parts.extensions.get::<SocketAddr>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), SocketAddr::ip);
    let peer = server.client(peer, &parts.headers);
    // RFC 9112 §3.2
    if parts.version == Version::HTTP_11 && parts.headers.get_all(HOST).iter().count() != 1 {
        return Err(errors::malformed_head().into());
    }
    if parts.headers.contains_key(headers::IDEMPOTENCY_KEY) && !REPEATABLE.contains(&route.path) {
        return Err(invalid_header(headers::IDEMPOTENCY_KEY, "left out: this call has none").into());
    }
    let run = match &route.endpoints[index].run {
        Run::AtOnce(run) => return Ok(run(&server.state)?.into_response(instance)),
        Run::Attempted(run) => run,
    };
    let call = Arc::new(Call {
        method,
        route: route.path,
        path: parts.uri.path().to_owned(),
        parameters,
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body,
        peer,
        begun: Instant::now(),
        work: Work::default(),
    });
    let result = until_answered(server, run, &call, instance, seen).await;
    if call.work.refused.load(Ordering::Relaxed) {
        server.state.budgets.charge_refusal(peer);
    }
    result
}

/// Computes a call, again each time that what it waits for has happened.
async fn until_answered(
    server: &Arc<Server>,
    run: &Arc<Attempted>,
    call: &Arc<Call>,
    instance: Id,
    seen: &mut Seen,
) -> Result<Response<Body>, Refusal> {
    let mut place: Option<Place> = None;
    loop {
        let (reply, name) = computed(server, run, call, instance).await;
        seen.caller = name;
        seen.statements = call.work.statements.load(Ordering::Relaxed);
        seen.changes = call.work.changes.load(Ordering::Relaxed);
        match (reply?, &mut place) {
            (Reply::Now(answer), _) => return Ok(answer.into_response(instance)),
            (Reply::Stream(beginning), _) => {
                let body = notification::events::open(server, call, beginning)?;
                return Ok(event_stream(body, instance));
            }
            // Whether the time has come or the request has moved: the endpoint decides.
            (Reply::Wait { until, .. }, Some(place)) => {
                let _ = tokio::time::timeout_at(until.into(), place.moved()).await;
            }
            // Now that it is known who waits, and for what, there is a place. The request may have moved before: it is
            // read once more.
            (Reply::Wait { request, waiter, .. }, None) => {
                let taken = server.state.feed.subscribe(request, waiter);
                let taken = taken.map_err(|what| Refusal::later(errors::too_many_calls(Plain(what)), 5))?;
                place = Some(taken);
            }
        }
    }
}

fn not_allowed(route: &Route, method: &Method) -> Refusal {
    let allowed = route.allowed();
    let mut told = Told::from(errors::method_not_allowed(method.as_str(), Plain(allowed.clone())));
    if let Ok(value) = HeaderValue::from_str(&allowed) {
        told.headers.push((ALLOW, value));
    }
    Refusal::Told(Box::new(told))
}

/// How often a call was computed, and what it has lost against.
#[derive(Debug, Default, Clone, Copy)]
struct Progress {
    number: u32,
    losses: u32,
    /// The company of the change that was in the way.
    lost: Option<Id>,
}

impl Progress {
    /// Counts an attempt that was computed in vain.
    fn lost(self, company: Id) -> Self {
        Self { number: self.number + 1, losses: self.losses + 1, lost: Some(company) }
    }
}

/// Computes a call until its answer is known and its change is durable. Returns who called, too.
async fn computed(
    server: &Arc<Server>,
    run: &Arc<Attempted>,
    call: &Arc<Call>,
    instance: Id,
) -> (Result<Reply, Refusal>, Option<String>) {
    let turn = tokio::time::timeout(TURN_TIME, server.turns.clone().acquire_owned()).await;
    let Ok(Ok(_turn)) = turn else { return (Err(Refusal::unavailable()), None) };
    let mut progress = Progress::default();
    loop {
        let (run, own) = (run.clone(), call.clone());
        let done = blocking(server, move |server, place| {
            own.work.computes(place);
            let mut name = None;
            let computed = log::during(instance, || attempts(server, &*run, &own, &mut progress, &mut name));
            own.work.waits();
            Ok((computed, name, progress))
        });
        let (computed, name, reached) = match done.await {
            Ok(done) => done,
            Err(refusal) => return (Err(refusal), None),
        };
        let written = match computed {
            Ok(Computed::Reply(reply)) => return (Ok(reply), name),
            Ok(Computed::Written(written)) => written,
            Err(refusal) => return (Err(refusal), name),
        };
        match durable(server, call, *written).await {
            Err(Refusal::Again(company)) => progress = reached.lost(company),
            answer => return (answer.map(Reply::Now), name),
        }
    }
}

/// Hands a change to the store, and waits until it is durable, without a thread.
async fn durable(server: &Server, call: &Call, written: Written) -> Result<Answer, Refusal> {
    let Written { change, answer } = written;
    let (company, state) = (change.company, &server.state);
    // Nobody else commits to this company while someone holds its lane alone.
    let _shared = state.lanes.of(company).read_owned().await;
    call.work.changes.fetch_add(1, Ordering::Relaxed);
    let (sender, outcome) = tokio::sync::oneshot::channel();
    state.store.submit_then(change, move |outcome| {
        // A caller that has gone away gets no answer. Its change is durable.
        let _ = sender.send(outcome);
    })?;
    let unknown = || Failure::Unknown("the writer has ended".to_owned());
    let outcome = outcome.await.map_err(|_| unknown())??;
    answered(server, outcome, company, answer)
}

/// The answer to a call whose change has an outcome.
fn answered(server: &Server, outcome: Outcome, company: Id, answer: Answer) -> Result<Answer, Refusal> {
    match written(outcome, company) {
        Ok(()) => Ok(answer),
        Err(Refusal::Taken(Unique::Pending)) => Err(pending::too_many(server.state.limits.subject_pending)),
        Err(refusal) => Err(refusal),
    }
}

/// Does work on a thread that may block, when there is a place among the calls that compute. The work keeps the place for
/// as long as it does not wait.
pub(crate) async fn blocking<T: Send + 'static>(
    server: &Arc<Server>,
    work: impl FnOnce(&Server, OwnedSemaphorePermit) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    // Whoever waits for a place has no thread yet.
    let place = tokio::time::timeout(TURN_TIME, server.computing.clone().acquire_owned()).await;
    let Ok(Ok(place)) = place else { return Err(Refusal::unavailable()) };
    let server = server.clone();
    let done = tokio::task::spawn_blocking(move || work(&server, place));
    // The panic itself was logged where it happened.
    done.await.unwrap_or_else(|_| Err(errors::internal_error().into()))
}

/// Computes a call, again if what it was computed from has changed, or after a password was hashed for it.
fn attempts(
    server: &Server,
    run: &Attempted,
    call: &Call,
    progress: &mut Progress,
    name: &mut Option<String>,
) -> Result<Computed, Refusal> {
    while progress.number < ATTEMPTS {
        let company = progress.lost.filter(|_| progress.losses >= LOST);
        let result = {
            let lane = company.map(|company| server.state.lanes.of(company));
            let _alone = lane.as_ref().map(|lane| lane.blocking_write());
            match once(server, run, call, (progress.number, company), name) {
                // The lane is held until the change is durable.
                Ok(Computed::Written(written)) if lane.is_some() => at_once(server, call, *written),
                other => other,
            }
        };
        match result {
            Err(Refusal::Again(company)) => *progress = progress.lost(company),
            Err(Refusal::Hash(task)) => {
                progress.number += 1;
                call.work.waits();
                call.work.hashed.done_by(&server.state.passwords, *task);
            }
            other => return other,
        }
    }
    Err(Refusal::unavailable())
}

/// Writes a change, and waits until it is durable.
fn at_once(server: &Server, call: &Call, written: Written) -> Result<Computed, Refusal> {
    let Written { change, answer } = written;
    let company = change.company;
    call.work.changes.fetch_add(1, Ordering::Relaxed);
    let outcome = server.state.store.commit(change)?;
    answered(server, outcome, company, answer).map(Into::into)
}

fn once(
    server: &Server,
    run: &Attempted,
    call: &Call,
    (number, lane): (u32, Option<Id>),
    name: &mut Option<String>,
) -> Result<Computed, Refusal> {
    let mut result = None;
    let read = server.state.store.read(&mut |reader: &mut dyn Reader| {
        let reader = &mut Counted { reader, call };
        let mut attempt = Attempt::new(&server.state, call, reader);
        (attempt.number, attempt.lane) = (number, lane);
        result = Some(run(&mut attempt, name));
        Ok(())
    });
    match (result, read) {
        // It may rest on a commit. What was read was read, whether or not the end of the read failed.
        (Some(result), _) => result,
        (None, Err(failure)) => Err(failure.into()),
        (None, Ok(())) => Err(errors::internal_error().into()),
    }
}

/// What the caller is told.
fn told(refusal: Refusal, instance: Id) -> Told {
    let refusal = match refusal {
        Refusal::Told(told) => return *told,
        Refusal::Again(_) | Refusal::Hash(_) => Refusal::unavailable(),
        Refusal::Taken(Unique::Secret) => errors::invalid_link().into(),
        Refusal::Taken(_) => errors::internal_error().into(),
        Refusal::Store(failure) => {
            log::failure(instance, &failure);
            match failure {
                Failure::Unavailable(_) => Refusal::unavailable(),
                _ => errors::internal_error().into(),
            }
        }
    };
    match refusal {
        Refusal::Told(told) => *told,
        _ => Told::from(errors::internal_error()),
    }
}
