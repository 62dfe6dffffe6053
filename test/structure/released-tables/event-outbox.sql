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
