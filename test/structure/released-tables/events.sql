create table event_outbox (
  lane smallint not null
    generated always as ((hashtextextended(topic || ' ' || key, 0) & 15)::smallint) stored,
  id bigint not null generated always as identity,
  topic text not null,
  key text not null,
  headers jsonb not null,
  payload text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (lane, id)
) with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000,
  toast.autovacuum_vacuum_cost_delay = 0
);
create table "event_inbox" ("consumer_group" text not null, "source" text not null, "event_id" text not null, "topic" text not null, "received_at" timestamptz not null default CURRENT_TIMESTAMP, constraint "event_inbox_pkey" primary key ("consumer_group", "source", "event_id"));
create index "event_inbox_received_at_index" on "event_inbox" ("received_at");
create table "event_positions" ("consumer_group" text not null, "topic" text not null, "partition" integer not null, "position" bigint not null, "resets" integer not null default '0', "updated_at" timestamptz not null default CURRENT_TIMESTAMP, constraint "event_positions_pkey" primary key ("consumer_group", "topic", "partition"));
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
alter table event_positions
  add column topic_id text,
  add column witness_offset bigint,
  add column witness_timestamp bigint,
  add column witness_digest bytea;
