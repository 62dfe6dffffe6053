create table saga_instances (
  saga text not null,
  id text not null,
  version integer not null,
  status text not null check (status in ('running', 'compensating', 'completed', 'compensated')),
  stuck boolean not null default false,
  state jsonb not null,
  correlation_id text not null,
  revision integer not null default 1,
  started_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (saga, id)
);
create index saga_instances_open on saga_instances (saga, started_at) where ended_at is null;
create index saga_instances_ended on saga_instances (ended_at) where ended_at is not null;
create table saga_steps (
  saga text not null,
  id text not null,
  step text not null,
  status text not null,
  request_group integer not null,
  attempts integer not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (saga, id, step)
);
create table saga_timeouts (
  saga text not null,
  id text not null,
  name text not null,
  due_at timestamptz not null,
  command jsonb,
  failures integer not null default 0,
  error text,
  primary key (saga, id, name)
);
create index saga_timeouts_due on saga_timeouts (due_at);
create table saga_history (
  saga text not null,
  id text not null,
  revision integer not null,
  at timestamptz not null default clock_timestamp(),
  cause jsonb not null,
  status text not null,
  changes jsonb not null,
  published jsonb not null,
  primary key (saga, id, revision)
);
create table saga_early_replies (
  saga text not null,
  id text not null,
  step text not null,
  outcome text not null check (outcome in ('success', 'failure')),
  event jsonb not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (saga, id, step)
);
create index saga_early_replies_received on saga_early_replies (received_at);
