create table projection_active (
  projection text primary key,
  active integer not null,
  previous integer,
  switched_at timestamptz not null default clock_timestamp()
);
create table projection_versions (
  projection text not null,
  version integer not null,
  table_name text not null,
  consumer_group text not null,
  topics jsonb not null,
  status text not null check (status in ('waiting', 'live', 'dropped')),
  begin_offsets jsonb,
  registered_at timestamptz not null default clock_timestamp(),
  begun_at timestamptz,
  activated_at timestamptz,
  dropped_at timestamptz,
  primary key (projection, version)
);
