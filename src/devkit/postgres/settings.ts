const common = ['timezone=UTC', 'log_timezone=UTC', 'max_connections=200', 'shared_buffers=64MB'];

/** Settings for persistent data. */
export const durable = common;

/** Settings for data that a crash may destroy: no write waits for the disk. */
export const fleeting = [...common, 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
