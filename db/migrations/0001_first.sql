-- The first schema. Words as in docs/glossary.md. Rules that the database can hold live here, not in code.

create table machines (
  id            uuid primary key default gen_random_uuid(),
  name          text not null default '',
  smbios_uuid   uuid,
  serial        text not null default '',
  manufacturer  text not null default '',
  model         text not null default '',
  platform      text not null check (platform in ('hyperv-gen2', 'kvm', 'vmware', 'baremetal-uefi', 'baremetal-bios')),
  -- Null for a machine that only ever asked for a boot script: known to us, registered by nobody.
  registered_at timestamptz,
  blocked       boolean not null default false,
  -- What the installer found in it: disks, cards, memory.
  inventory     jsonb,
  demo          boolean not null default false,
  last_visit_at timestamptz,
  last_answer   text check (last_answer in ('install', 'local', 'hold', 'unknown', 'blocked')),
  last_address  text not null default '',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

create table machine_macs (
  mac        macaddr primary key,
  machine_id uuid not null references machines on delete cascade,
  position   integer not null default 0
);
create index machine_macs_by_machine on machine_macs (machine_id, position);

create table assets (
  sha256      text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  role        text not null check (role in ('image', 'wimboot', 'winpe', 'winpe-curl', 'linux-kernel', 'linux-initrd', 'grub-localboot')),
  demo        boolean not null default false,
  name        text not null,
  size        bigint not null,
  created_at  timestamptz not null default now(),
  primary key (sha256, role, demo)
);
create index assets_newest_of_role on assets (role, demo, created_at desc);

create table images (
  id           uuid primary key default gen_random_uuid(),
  name         text not null,
  family       text not null check (family in ('windows', 'linux')),
  kind         text not null check (kind in ('wim', 'raw-disk')),
  asset_sha256 text not null,
  edition      text,
  wim_index    integer check (wim_index > 0),
  compression  text check (compression in ('none', 'gzip')),
  disk_size    bigint check (disk_size > 0),
  demo         boolean not null default false,
  created_at   timestamptz not null default now(),
  constraint images_name_is_taken unique (name),
  constraint images_wim_is_whole check (kind <> 'wim' or (edition is not null and wim_index is not null)),
  constraint images_disk_is_whole check (kind <> 'raw-disk' or (compression is not null and disk_size is not null))
);

create table templates (
  id         uuid primary key default gen_random_uuid(),
  name       text not null,
  image_id   uuid references images on delete restrict,
  settings   jsonb not null default '{}',
  version    integer not null default 1,
  demo       boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint templates_name_is_taken unique (name)
);

create table deployments (
  id            uuid primary key default gen_random_uuid(),
  machine_id    uuid not null references machines on delete restrict,
  image_id      uuid not null references images on delete restrict,
  template_id   uuid references templates on delete set null,
  host_name     text not null,
  settings      jsonb not null,
  plan          jsonb not null,
  -- Everything from here to `ended_at` is the workflow's projection. Only the workflow writes it, and only forwards:
  -- an update carries a revision and wins when it is newer (D2).
  rev           integer not null default 0,
  status        text not null default 'queued' check (status in ('queued', 'running', 'holding', 'succeeded', 'failed', 'cancelled')),
  phase         text not null default 'awaiting-boot' check (phase in ('awaiting-boot', 'installing', 'starting-os', 'joining-domain', 'checking-agent', 'finalising')),
  attempt       integer not null default 1,
  phase_since   timestamptz not null default now(),
  deadline_at   timestamptz,
  hold_reason   text,
  hold_message  text not null default '',
  ended_at      timestamptz,
  -- The workflow's own run, for the link into Temporal Web.
  run_id        text,
  created_by    text not null,
  demo          boolean not null default false,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);
-- One open deployment per machine: the database says so (promise 3). The workflow id says it a second time.
create unique index deployments_one_open_per_machine on deployments (machine_id)
  where status in ('queued', 'running', 'holding');
create index deployments_by_creation on deployments (created_at desc, id desc);
create index deployments_by_machine on deployments (machine_id, created_at desc);

-- One try. The facts are written in the transaction that stores the callback which proves them, so the boot
-- decision is right even while the workflow engine is away.
create table attempts (
  id              uuid primary key default gen_random_uuid(),
  deployment_id   uuid not null references deployments on delete cascade,
  number          integer not null check (number > 0),
  -- How many sessions were opened: the ordinal in the nonce of the next boot script.
  exchanges       integer not null default 0,
  booted_at       timestamptz,
  wipe_granted_at timestamptz,
  wipe_key        text,
  installed_at    timestamptz,
  os_started_at   timestamptz,
  frozen_at       timestamptz,
  closed_at       timestamptz,
  last_seen_at    timestamptz,
  last_visit_at   timestamptz,
  step            text not null default '',
  percent         integer not null default 0 check (percent between 0 and 100),
  evidence        jsonb,
  checks          jsonb,
  created_at      timestamptz not null default now(),
  constraint attempts_number_once unique (deployment_id, number)
);

-- One run of an installer: what an exchange opens. A power cycle means a new one, which fences the old.
create table installer_sessions (
  id         uuid primary key default gen_random_uuid(),
  attempt_id uuid not null references attempts on delete cascade,
  ordinal    integer not null,
  -- Chosen by the installer; lets it repeat an exchange whose answer was lost, and unmasks a second party.
  client_key text not null,
  fenced_at  timestamptz,
  opened_at  timestamptz not null default now(),
  constraint installer_sessions_once unique (attempt_id, ordinal)
);

-- Every acknowledged callback, once: (session, key) is its identity. `fact` is set when the workflow has to hear of it;
-- such a row is re-delivered until `delivered_at` says that the workflow has it (D1).
create table inbox (
  id           bigint generated always as identity primary key,
  attempt_id   uuid not null references attempts on delete cascade,
  -- An installer session, or for an agent its device key (the row in `tokens`).
  session_id   uuid not null,
  event_key    text not null,
  body         jsonb not null,
  fact         text check (fact in ('booted', 'wipe-granted', 'installed', 'os-started', 'domain-joined', 'agent-verified', 'failed', 'frozen')),
  received_at  timestamptz not null default now(),
  delivered_at timestamptz,
  constraint inbox_once unique (session_id, event_key)
);
create index inbox_undelivered on inbox (id) where fact is not null and delivered_at is null;

-- The timeline: what a machine, an operator or the service did. Append only.
create table events (
  id            bigint generated always as identity primary key,
  deployment_id uuid references deployments on delete cascade,
  machine_id    uuid references machines on delete cascade,
  attempt       integer,
  source        text not null check (source in ('machine', 'agent', 'operator', 'service')),
  actor         text not null default '',
  kind          text not null,
  level         text not null default 'info' check (level in ('info', 'warning', 'error')),
  phase         text,
  step          text not null default '',
  message       text not null default '',
  data          jsonb not null default '{}',
  created_at    timestamptz not null default now()
);
create index events_of_deployment on events (deployment_id, id);
create index events_of_machine on events (machine_id, id);

-- Raw text from machines, in pieces as it came.
create table log_chunks (
  id         bigint generated always as identity primary key,
  deployment_id uuid not null references deployments on delete cascade,
  attempt    integer not null,
  name       text not null,
  body       text not null,
  created_at timestamptz not null default now()
);
create index log_chunks_of_deployment on log_chunks (deployment_id, id);

-- Credentials of machines and programs. Only digests; the values are shown once or derived from the service's key.
create table tokens (
  id           uuid primary key default gen_random_uuid(),
  kind         text not null check (kind in ('enrolment', 'device', 'api', 'sign-in')),
  hash         bytea not null,
  name         text not null default '',
  -- First characters of an API token, so that people can tell their tokens apart.
  hint         text not null default '',
  attempt_id   uuid references attempts on delete set null,
  system_id    uuid,
  user_name    text,
  client_key   text,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  used_at      timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  constraint tokens_hash_once unique (hash)
);
create index tokens_of_attempt on tokens (attempt_id);

create table users (
  name          text primary key,
  -- argon2id, or null while the first sign-in link is the only way in.
  password_hash text,
  role          text not null default 'administrator' check (role in ('administrator', 'operator', 'viewer')),
  created_at    timestamptz not null default now()
);

create table user_sessions (
  id           uuid primary key default gen_random_uuid(),
  hash         bytea not null unique,
  user_name    text not null references users on delete cascade,
  created_at   timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at   timestamptz not null
);

-- Sealed values (AES-256-GCM, key id beside them). Never selected by a list or a view. `sealed` becomes null when the deployment
-- is over: that there was one stays known, for the preview shows a mask in its place.
create table secrets (
  deployment_id uuid not null references deployments on delete cascade,
  name          text not null,
  key_id        text not null,
  sealed        bytea,
  created_at    timestamptz not null default now(),
  primary key (deployment_id, name)
);

-- A deployed machine as a permanent entity.
create table systems (
  id             uuid primary key default gen_random_uuid(),
  machine_id     uuid not null unique references machines on delete cascade,
  deployment_id  uuid references deployments on delete set null,
  host_name      text not null,
  os_name        text not null default '',
  os_version     text not null default '',
  domain_name    text not null default '',
  agent_version  text not null default '',
  evidence       jsonb,
  checks         jsonb,
  last_report_at timestamptz,
  -- Set when the deployment that made it succeeded.
  accepted_at    timestamptz,
  demo           boolean not null default false,
  created_at     timestamptz not null default now()
);

-- Answers already given to `Idempotency-Key`, kept for a day.
create table idempotency_keys (
  actor       text not null,
  key         text not null,
  request     bytea not null,
  status      integer,
  body        jsonb,
  created_at  timestamptz not null default now(),
  primary key (actor, key)
);

-- What the live stream tells. A sequence number is taken before commit, so a lower one may appear after a higher one:
-- readers go by (xid, id) and only below the oldest transaction that is still running.
create table changes (
  id         bigint generated always as identity,
  xid        xid8 not null default pg_current_xact_id(),
  topic      text not null,
  entity_id  text not null,
  created_at timestamptz not null default now(),
  primary key (xid, id)
);
create index changes_by_age on changes (created_at);

create function note_change() returns trigger language plpgsql as $$
declare
  subject jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  entity text := subject ->> tg_argv[1];
begin
  if entity is not null then
    insert into changes (topic, entity_id) values (tg_argv[0], entity);
    perform pg_notify('octofleet_changes', '');
  end if;
  return null;
end $$;

create trigger deployments_change after insert or update or delete on deployments for each row execute function note_change('deployment', 'id');
create trigger attempts_change after update on attempts for each row
  when (old.step is distinct from new.step or old.percent is distinct from new.percent or old.checks is distinct from new.checks)
  execute function note_change('deployment', 'deployment_id');
create trigger events_change after insert on events for each row execute function note_change('activity', 'deployment_id');
create trigger log_chunks_change after insert on log_chunks for each row execute function note_change('activity', 'deployment_id');
create trigger machines_change after insert or update or delete on machines for each row execute function note_change('machine', 'id');
create trigger images_change after insert or update or delete on images for each row execute function note_change('image', 'id');
create trigger templates_change after insert or update or delete on templates for each row execute function note_change('template', 'id');
create trigger systems_change after insert or update or delete on systems for each row execute function note_change('system', 'id');

-- The relay sleeps on this one.
create function note_inbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('octofleet_inbox', '');
  return null;
end $$;
create trigger inbox_arrived after insert on inbox for each row when (new.fact is not null) execute function note_inbox();
