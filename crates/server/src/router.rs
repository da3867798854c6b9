//! Which endpoint answers which call.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use axum::routing::any;
use http::Method;
use jit_approvals_api::paths;

use crate::answer::{Answer, Computed};
use crate::caller::Caller;
use crate::refusal::Result;
use crate::server::Server;
use crate::state::{Attempt, State};
use crate::{approval_request, dispatch, grant, health, log, management, notification, session};

/// An endpoint: a method and what answers it.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    pub(crate) run: Run,
}

/// How an endpoint answers.
pub(crate) enum Run {
    /// At once, whoever calls and whatever the store does.
    AtOnce(fn(&State) -> Result<Answer>),
    /// From what the store holds.
    Attempted(Arc<Attempted>),
}

/// Finds out who calls, and answers. The text names the caller, for the log.
pub(crate) type Attempted = dyn Fn(&mut Attempt<'_>, &mut Option<String>) -> Result<Computed> + Send + Sync;

/// The endpoints of a path.
pub(crate) struct Route {
    /// The pattern of the path.
    pub(crate) path: &'static str,
    pub(crate) endpoints: Vec<Endpoint>,
}

impl Route {
    fn new(path: &'static str) -> Self {
        Self { path, endpoints: Vec::new() }
    }

    /// Adds an endpoint. It names its caller as a type.
    fn on<C: Caller, R: Into<Computed>>(
        mut self,
        method: Method,
        endpoint: impl Fn(&mut Attempt<'_>, C) -> Result<R> + Send + Sync + 'static,
    ) -> Self {
        let run = move |attempt: &mut Attempt<'_>, name: &mut Option<String>| {
            let caller = C::of(attempt)?;
            *name = Some(caller.name());
            endpoint(attempt, caller).map(Into::into)
        };
        self.endpoints.push(Endpoint { method, run: Run::Attempted(Arc::new(run)) });
        self
    }

    /// Adds an endpoint that says something about the process.
    fn at_once(mut self, answer: fn(&State) -> Result<Answer>) -> Self {
        self.endpoints.push(Endpoint { method: Method::GET, run: Run::AtOnce(answer) });
        self
    }

    fn get<C: Caller, R: Into<Computed>>(
        self,
        endpoint: impl Fn(&mut Attempt<'_>, C) -> Result<R> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::GET, endpoint)
    }

    fn post<C: Caller, R: Into<Computed>>(
        self,
        endpoint: impl Fn(&mut Attempt<'_>, C) -> Result<R> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::POST, endpoint)
    }

    fn put<C: Caller, R: Into<Computed>>(
        self,
        endpoint: impl Fn(&mut Attempt<'_>, C) -> Result<R> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::PUT, endpoint)
    }

    /// The pattern of the whole path.
    fn address(&self) -> String {
        // Who looks for the description does not know the base path.
        if self.path == paths::OPENAPI { self.path.to_owned() } else { paths::under_base(self.path) }
    }

    /// The methods that are allowed, for the header `Allow`.
    pub(crate) fn allowed(&self) -> String {
        let mut methods: Vec<&str> = self.endpoints.iter().map(|endpoint| endpoint.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.join(", ")
    }
}

/// All routes of the API.
pub(crate) fn routes() -> Vec<Route> {
    use management::{application, company, group, signing_key, template, user};
    vec![
        Route::new(paths::REQUESTS).get(approval_request::list::run).post(approval_request::open::run),
        Route::new(paths::EVENTS).get(approval_request::events::list),
        Route::new(paths::VERIFY).get(approval_request::events::verify),
        Route::new(paths::NOTIFICATION_EVENTS).get(notification::events::run),
        Route::new(paths::NOTIFICATIONS).get(notification::list::run),
        Route::new(paths::REQUEST).get(approval_request::read::run),
        Route::new(paths::CANCEL).post(approval_request::cancel::run),
        Route::new(paths::DECISION).post(approval_request::decide::run),
        Route::new(paths::CONSUME).post(grant::consume::run),
        Route::new(paths::REVOKE).post(grant::revoke::run),
        Route::new(paths::SESSION)
            .post(session::sign_in::run)
            .get(session::who::run)
            .on(Method::DELETE, session::sign_out::run),
        Route::new(paths::PROOF).post(session::proof::run),
        Route::new(paths::SESSIONS).get(session::all::list).on(Method::DELETE, session::all::end),
        Route::new(paths::TOKENS).get(session::token::list).post(session::token::create),
        Route::new(paths::TOKEN_REVOKE).post(session::token::revoke),
        Route::new(paths::PASSWORD).post(session::password::run),
        Route::new(paths::LINK).post(session::link::run),
        Route::new(paths::COMPANY).get(company::read).put(company::replace),
        Route::new(paths::USERS).get(user::list).post(user::create),
        Route::new(paths::USER).get(user::read).put(user::replace),
        Route::new(paths::USER_ARCHIVE).post(user::archive),
        Route::new(paths::USER_RESTORE).post(user::restore),
        Route::new(paths::USER_LINK).post(user::link),
        Route::new(paths::GROUPS).get(group::list).post(group::create),
        Route::new(paths::GROUP).get(group::read).put(group::replace),
        Route::new(paths::GROUP_ARCHIVE).post(group::archive),
        Route::new(paths::GROUP_RESTORE).post(group::restore),
        Route::new(paths::APPLICATIONS).get(application::list).post(application::create),
        Route::new(paths::APPLICATION).get(application::read).put(application::replace),
        Route::new(paths::APPLICATION_ARCHIVE).post(application::archive),
        Route::new(paths::APPLICATION_RESTORE).post(application::restore),
        Route::new(paths::SIGNING_KEYS).get(signing_key::list).post(signing_key::create),
        Route::new(paths::SIGNING_KEY_RETIRE).post(signing_key::retire),
        Route::new(paths::TEMPLATES).get(template::list).post(template::create),
        Route::new(paths::TEMPLATE).get(template::read).put(template::replace),
        Route::new(paths::TEMPLATE_ARCHIVE).post(template::archive),
        Route::new(paths::TEMPLATE_RESTORE).post(template::restore),
        Route::new(paths::HEALTHZ).at_once(health::lives),
        Route::new(paths::READYZ).at_once(health::ready),
        Route::new(paths::OPENAPI).at_once(|_| Ok(Answer::text(jit_approvals_api::OPENAPI))),
    ]
}

/// Returns all endpoints: the method, and the pattern of the path. All but that of the description are under the base path.
pub fn endpoints() -> Vec<(String, &'static str)> {
    let of = |route: &Route| {
        let path = route.path;
        route.endpoints.iter().map(|endpoint| (endpoint.method.to_string(), path)).collect::<Vec<_>>()
    };
    routes().iter().flat_map(of).collect()
}

/// Creates the router.
pub(crate) fn router(server: &Arc<Server>) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let (server, route) = (server.clone(), Arc::new(route));
        let path = route.address();
        let answer = move |parameters: std::result::Result<RawPathParams, RawPathParamsRejection>,
                           request: Request| {
            let (server, route) = (server.clone(), route.clone());
            async move {
                // A parameter that is not UTF-8 names nothing.
                let Ok(parameters) = parameters else { return not_found(&request, route.path) };
                let parameters =
                    parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                dispatch::call(server, route, parameters, request).await
            }
        };
        router = router.route(&path, any(answer));
    }
    router.fallback(|request: Request| async move { not_found(&request, "none") })
}

fn not_found(request: &Request, route: &'static str) -> Response {
    let instance = dispatch::instance();
    let response = dispatch::not_found(instance);
    log::call(instance, &dispatch::Seen::default(), request.method(), route, &response, Duration::ZERO);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jit_approvals::json::{Json, Limits};

    use super::*;

    #[test]
    fn the_description_has_the_endpoints_and_no_others() {
        let limits = Limits { bytes: 1 << 20, depth: 64 };
        let document = Json::parse_within(jit_approvals_api::OPENAPI.as_bytes(), limits).unwrap();
        let described =
            document.get("paths").and_then(Json::as_object).unwrap().iter().flat_map(|(path, item)| {
                let members = item.as_object().unwrap().iter().map(|(name, _)| name.to_uppercase());
                let methods = members.filter(|name| !["SERVERS", "PARAMETERS"].contains(&name.as_str()));
                methods.map(|method| (method, path.to_owned())).collect::<Vec<_>>()
            });
        let described: BTreeSet<(String, String)> = described.collect();
        let endpoints = endpoints().into_iter().map(|(method, path)| (method, path.to_owned())).collect();
        let missing =
            |one: &BTreeSet<_>, other: &BTreeSet<_>| one.difference(other).cloned().collect::<Vec<_>>();
        assert_eq!((missing(&endpoints, &described), missing(&described, &endpoints)), (vec![], vec![]));
        let base = document.get("servers").unwrap().as_array().unwrap()[0].get("url");
        assert_eq!(base.and_then(Json::as_str), Some(paths::BASE));
    }
}
