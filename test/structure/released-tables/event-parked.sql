create table event_parked_keys (
  consumer_group text not null,
  topic text not null,
  key text not null,
  state text not null check (state in ('parked', 'dead')),
  reason text not null,
  error text not null,
  attempts integer not null,
  next_try_at timestamptz,
  parked_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (consumer_group, topic, key),
  check ((state = 'dead') = (next_try_at is null))
);
create index event_parked_keys_due on event_parked_keys (consumer_group, next_try_at) where state = 'parked';
create table event_parked (
  id bigint generated always as identity primary key,
  consumer_group text not null,
  topic text not null,
  key text not null,
  partition integer,
  position bigint,
  source text,
  event_id text,
  type text,
  headers jsonb not null,
  raw_key bytea,
  value bytea,
  received_at timestamptz,
  parked_at timestamptz not null default now()
);
create index event_parked_queue on event_parked (consumer_group, topic, key, id);
