//! `GET /notifications/events`: what happens to the requests that concern the caller, as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use jit_approvals::event::Body as EventBody;
use jit_approvals::json::{Json, Object};
use jit_approvals_api::{errors, headers};
use jit_approvals_base::Plain;
use jit_approvals_store::inbox::{self, InboxEvent};
use jit_approvals_store::{CompanyRow, Reader, Store as _, stream};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::card::Viewer;
use crate::answer::Reply;
use crate::call::Call;
use crate::caller::Member;
use crate::dispatch;
use crate::refusal::{Refusal, Result};
use crate::server::Server;
use crate::state::{Attempt, State};
use crate::streams::{Place, Signal, Streams};

/// How far back a stream replays, in positions of the company's log.
const REPLAYED: i64 = 1000;

/// How often a comment shows that the connection is alive, and the end of the session is looked at.
const PULSE: Duration = Duration::from_secs(20);

/// After how many pulses the caller is checked, if nothing else has happened.
const PULSES: u32 = 3;

/// How many parts may wait for the client.
const PARTS: usize = 16;

/// For how long a client may read nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// A stream that begins.
#[derive(Debug)]
pub(crate) struct Beginning {
    member: Arc<Member>,
    /// What the client has seen, as it says.
    after: Option<String>,
}

/// Checks who calls. The stream itself is run by [`open`].
pub(crate) fn run(attempt: &mut Attempt<'_>, member: Member) -> Result<Reply> {
    attempt.call.query(&[])?;
    let after = attempt.call.header(headers::LAST_EVENT_ID)?.map(str::to_owned);
    Ok(Reply::Stream(Beginning { member: Arc::new(member), after }))
}

/// Opens a stream, and returns what the client reads.
///
/// # Errors
///
/// `too_many_calls`
pub(crate) fn open(server: &Arc<Server>, call: &Arc<Call>, beginning: Beginning) -> Result<Body> {
    let Beginning { member, after } = beginning;
    let place = Streams::subscribe(&server.state, member.company, &member.row.key);
    let place = place.ok_or_else(|| Refusal::later(errors::too_many_calls(Plain("streams")), 5))?;
    let (parts, body) = channel(PARTS);
    let stream = Stream { server: server.clone(), call: call.clone(), member, sent: 0, parts };
    tokio::spawn(async move {
        // The client sees the end of the connection, and asks again.
        let _ = stream.run(place, after).await;
    });
    Ok(Body::new(Parts(body)))
}

/// The parts of a body, as they come.
struct Parts(Receiver<Bytes>);

impl hyper::body::Body for Parts {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| Ok(hyper::body::Frame::data(part))))
    }
}

/// A stream that is open.
struct Stream {
    server: Arc<Server>,
    call: Arc<Call>,
    member: Arc<Member>,
    /// The position up to which everything was sent.
    sent: i64,
    parts: Sender<Bytes>,
}

/// The end of a stream.
struct Ended;

impl Stream {
    async fn run(mut self, mut place: Place, after: Option<String>) -> Result<(), Ended> {
        self.begin(after).await?;
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pulse.tick().await;
        let mut pulses = 0;
        let closing = self.server.state.clone();
        loop {
            tokio::select! {
                signal = place.signal() => match signal.ok_or(Ended)? {
                    // Every read checks the caller.
                    Signal::Directory => self.read(|_, _, _| Ok(())).await?,
                    Signal::Moved { request, position } => {
                        let (company, sent) = (self.member.company, self.sent);
                        let events = self
                            .read(move |_, reader, _| {
                                Ok(inbox::events_of(reader, company, request, sent, position)?)
                            })
                            .await?;
                        self.send_events(events).await?;
                        self.sent = self.sent.max(position);
                    }
                },
                _ = pulse.tick() => {
                    pulses += 1;
                    if pulses % PULSES == 0 || self.server.state.store.now() >= self.member.ends_at() {
                        self.read(|_, _, _| Ok(())).await?;
                    }
                    self.send(":\n\n".to_owned()).await?;
                }
                () = closing.feed.closed() => return Err(Ended),
                () = self.parts.closed() => return Err(Ended),
            }
        }
    }

    /// Sends what has happened since the client was last here.
    async fn begin(&mut self, after: Option<String>) -> Result<(), Ended> {
        let (company, person) = (self.member.company, self.member.row.key.clone());
        let (position, events) = self
            .read(move |_, reader, _| {
                let row = CompanyRow::find(reader, company)?.ok_or_else(errors::not_found)?;
                let Some(after) = after else { return Ok((row.position, Some(Vec::new()))) };
                let known = after.parse().ok().filter(|after| (0..=row.position).contains(after));
                let Some(after) = known.filter(|after| row.position - after <= REPLAYED) else {
                    return Ok((row.position, None));
                };
                Ok((row.position, Some(inbox::events(reader, company, &person, after, row.position)?)))
            })
            .await?;
        self.send("retry: 2000\n\n".to_owned()).await?;
        match events {
            Some(events) => self.send_events(events).await?,
            None => self.send(frame(position, "reset", &Object::new().into())).await?,
        }
        self.sent = position;
        // An id without data: a client that is cut off before the first event asks from here.
        self.send(format!("id: {position}\n\n")).await
    }

    async fn send_events(&mut self, events: Vec<InboxEvent>) -> Result<(), Ended> {
        for InboxEvent { request, position, event } in events {
            let decided_by = match event.body() {
                EventBody::Requested(_) | EventBody::Cancelled { .. } | EventBody::Expired => None,
                EventBody::Decided { .. } => Some(event.actor().id().to_owned()),
                // What happens to the grant is not the approver's concern.
                _ => continue,
            };
            let card = self.read(move |state, reader, member| {
                Viewer::load(reader, member)?.card_of(reader, request, state.store.now())
            });
            let card = match (card.await?, decided_by) {
                (Json::Object(card), Some(by)) => card.with("decidedBy", by).into(),
                (card, _) => card,
            };
            self.send(frame(position, event.body().kind(), &card)).await?;
        }
        Ok(())
    }

    async fn send(&self, part: String) -> Result<(), Ended> {
        let sent = timeout(PATIENCE, self.parts.send(part.into())).await;
        if matches!(sent, Ok(Ok(()))) { Ok(()) } else { Err(Ended) }
    }

    /// Reads the store on a thread that may block, as the caller is now. The stream ends if the caller could
    /// not open it any more.
    async fn read<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&State, &mut dyn Reader, &Member) -> Result<T> + Send + 'static,
    ) -> Result<T, Ended> {
        let (member, call) = (self.member.clone(), self.call.clone());
        let work = dispatch::blocking(&self.server, move |server, _place| {
            let (state, mut work, mut result) = (&server.state, Some(work), None);
            state.store.read(&mut |reader: &mut dyn Reader| {
                result = work.take().map(|work| {
                    let member = present(state, &call, reader, &member)?;
                    let done = work(state, reader, &member)?;
                    Ok((member, done))
                });
                Ok(())
            })?;
            result.unwrap_or_else(|| Err(errors::internal_error().into()))
        });
        let (member, done) = work.await.map_err(|_| Ended)?;
        self.member = member;
        Ok(done)
    }
}

/// The caller as the store knows them now: anew only if the directory has changed, or if the session or token would have
/// ended, which may have been used elsewhere since. A stream that is open does not count as use.
fn present(state: &State, call: &Call, reader: &mut dyn Reader, member: &Arc<Member>) -> Result<Arc<Member>> {
    let revision = stream::revision(reader, member.company)?;
    if revision == Some(member.revision) && state.store.now() < member.ends_at() {
        return Ok(member.clone());
    }
    Member::found(&mut Attempt::new(state, call, reader)).map(Arc::new)
}

/// One event of a stream.
fn frame(position: i64, event: &str, data: &Json) -> String {
    format!("id: {position}\nevent: {event}\ndata: {data}\n\n")
}
