create table saga_requests (
  request_id text primary key,
  status text not null check (status in ('done', 'refused', 'canceled')),
  answer jsonb,
  used_at timestamptz not null default now()
);
create index saga_requests_used on saga_requests (used_at);
