create table saga_requests (
  request_id text primary key,
  status text not null check (status in ('done', 'refused', 'canceled')),
  answer jsonb,
  received_at timestamptz not null default now()
);
