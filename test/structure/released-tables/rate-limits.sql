create unlogged table rate_limits (
  key text primary key,
  points integer not null,
  expire bigint not null
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0
);
create index rate_limits_expire on rate_limits (expire);
