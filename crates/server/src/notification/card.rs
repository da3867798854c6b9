//! A card: a request as a person sees it in a list, and whether they can decide it.

use jit_approvals::json::Json;
use jit_approvals::{Directory, Person, UnixTime};
use jit_approvals_base::Id;
use jit_approvals_store::inbox::{self, Memberships};
use jit_approvals_store::{Opener, Reader, Role, stream};

use crate::caller::Member;
use crate::refusal::Result;
use crate::request::Stored;

/// A person who looks at cards.
pub(crate) struct Viewer<'a> {
    member: &'a Member,
    memberships: Memberships,
}

impl<'a> Viewer<'a> {
    /// Loads what decides whether the person can decide.
    pub(crate) fn load(reader: &mut dyn Reader, member: &'a Member) -> Result<Self> {
        let memberships = inbox::memberships(reader, member.company, &member.row.key)?;
        Ok(Self { member, memberships })
    }

    /// The card of a request: its record with the status that is stored, `canDecide`, and `reason` if not.
    pub(crate) fn card(&self, stored: &Stored, opener: Option<Opener>, now: UnixTime) -> Result<Json> {
        let request = &stored.request;
        let is_dead = stored.is_dead(opener);
        let is_pending = stored.is_pending();
        let mut record = stored.record(stored.told_at(now), is_dead);
        let reason = if !is_pending {
            Some("request_final".to_owned())
        } else if is_dead {
            Some("application_inactive".to_owned())
        } else if now >= request.expires_at() {
            Some("closing".to_owned())
        } else if self.member.row.role == Role::Auditor {
            Some("role_required".to_owned())
        } else {
            let people = self.directory(stored, opener)?;
            let problem = request.may_decide(&self.member.row.email, &people, now)?;
            problem.map(|problem| problem.code().to_string())
        };
        if let Json::Object(record) = &mut record {
            record.insert("canDecide", reason.is_none());
            if let Some(reason) = reason {
                record.insert("reason", reason);
            }
        }
        Ok(record)
    }

    /// The card of a request that is loaded.
    pub(crate) fn card_of(&self, reader: &mut dyn Reader, request: Id, now: UnixTime) -> Result<Json> {
        let company = self.member.company;
        let (events, opened) = stream::events(reader, company, request)?;
        let stored = Stored::restored(company, request, events, opened)?;
        let application = stored.opener(reader)?;
        self.card(&stored, application, now)
    }

    /// What a decision of the person needs of the directory.
    fn directory(&self, stored: &Stored, opener: Option<Opener>) -> Result<Directory> {
        let email = &self.member.row.email;
        let application = opener.map_or(Id::NIL, |opener| opener.id);
        let aliases = self.memberships.aliases.iter().filter(|(at, _)| *at == application);
        let me = Person::new(email).with_aliases(aliases.map(|(_, name)| name));
        let groups = stored.request.needs_of(email).groups.into_iter().map(|group| {
            let is_in = self.memberships.groups.contains(&group);
            (group, if is_in { vec![email.clone()] } else { Vec::new() })
        });
        Ok(Directory::new([me])?.with_groups(groups)?)
    }
}
