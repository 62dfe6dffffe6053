alter table event_positions
  add column topic_id text,
  add column witness_offset bigint,
  add column witness_timestamp bigint,
  add column witness_digest bytea;
