-- What a store consists of. Ids and digests are bytes, times are Unix seconds, flags are 0 or 1.

create table meta (name text primary key, value blob not null) strict;

create table company (
    id blob primary key,
    name text not null,
    -- The position of the last event, of the last administrative event, and the hash of the whole log.
    position integer not null,
    revision integer not null,
    head blob not null,
    version integer not null,
    created_at integer not null
) strict;

create table event (
    company blob not null,
    stream blob not null,
    sequence integer not null,
    position integer not null,
    at integer not null,
    kind text not null,
    text text not null,
    primary key (company, stream, sequence)
) strict;
create unique index event_position on event (company, position);

-- Looked up: rebuilt from the log.

create table request (
    company blob not null,
    id blob not null,
    events integer not null,
    status text not null,
    template text not null,
    application text not null,
    subject text not null,
    expires_at integer not null,
    grant_id blob,
    primary key (company, id)
) strict, without rowid;
create index request_due on request (expires_at) where status = 'pending';
create index request_grant on request (company, grant_id) where grant_id is not null;
create index request_template on request (company, template, id);
create index request_application on request (company, application, subject, status, id);
create index request_pending on request (company, application) where status = 'pending';
create index request_status on request (company, status, id);

create table inbox (
    company blob not null,
    person text not null,
    request blob not null,
    -- 1 exactly while the request is pending.
    waiting integer not null,
    primary key (company, person, request)
) strict, without rowid;
create index inbox_waiting on inbox (company, person, waiting, request);

create table claim (
    company blob not null,
    digest blob not null,
    request blob,
    body blob,
    until integer not null,
    primary key (company, digest)
) strict, without rowid;
create index claim_until on claim (until);

-- Rows that each have their events.

create table person (
    -- The identity of the email: one person in one company of the installation.
    email text primary key,
    company blob not null,
    shown text not null,
    name text not null,
    role text not null,
    active integer not null,
    password text,
    version integer not null
) strict;
create index person_company on person (company, email);
create index person_administrator on person (company, email) where role = 'administrator' and active = 1;

-- With a row id: without one, SQLite prefers the part of the primary key to the index by person.
create table alias (
    company blob not null,
    application blob not null,
    -- The identity of the name.
    name text not null,
    shown text not null,
    person text not null,
    primary key (company, application, name)
) strict;
create index alias_person on alias (company, person, application, name);
create index alias_name on alias (company, name, person);

create table team (
    company blob not null,
    key text not null,
    name text not null,
    version integer not null,
    archived_at integer,
    primary key (company, key)
) strict, without rowid;

create table membership (
    company blob not null,
    team text not null,
    person text not null,
    primary key (company, team, person)
) strict, without rowid;
create index membership_person on membership (company, person);

create table application (
    company blob not null,
    id blob not null,
    name text not null,
    active integer not null,
    once_only integer not null,
    known_subjects integer not null,
    -- The position of the last deactivation.
    cut integer,
    version integer not null,
    primary key (company, id)
) strict, without rowid;

create table identifier (
    iss text primary key,
    company blob not null,
    application blob not null,
    -- The position since which it is this application's: what was opened with it before is not.
    since integer not null
) strict;
create index identifier_application on identifier (company, application, iss);

create table signing_key (
    company blob not null,
    application blob not null,
    id text not null,
    sealed blob not null,
    created_at integer not null,
    retired_at integer,
    primary key (company, application, id)
) strict, without rowid;

create table template (
    company blob not null,
    key text not null,
    version integer not null,
    text text not null,
    created_at integer not null,
    archived_at integer,
    primary key (company, key, version)
) strict, without rowid;

create table credential (
    -- The SHA-256 of the secret, which is not stored.
    digest blob primary key,
    company blob not null,
    person text not null,
    kind text not null,
    scope text not null,
    name text not null,
    created_at integer not null,
    seen_at integer not null,
    proved_at integer,
    expires_at integer not null
) strict, without rowid;
create index credential_person on credential (company, person, kind, created_at, digest);
create index credential_expiry on credential (expires_at);
