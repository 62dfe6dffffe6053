const common = ['timezone=UTC', 'log_timezone=UTC', 'max_connections=200', 'shared_buffers=64MB'];

/** Settings for data that stay. */
export const durable = common;

/** Settings for data that nobody misses after a crash: nothing waits for the disk. */
export const fleeting = [...common, 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
