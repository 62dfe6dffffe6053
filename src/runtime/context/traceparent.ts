import { randomFillSync } from 'node:crypto';

/** The parts of a W3C `traceparent` header (https://www.w3.org/TR/trace-context/#traceparent-header). */
export interface Traceparent {
  traceId: string;
  spanId: string;
  flags: string;
}

const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Returns the parts of a header; undefined if it is missing or invalid. */
export function parseTraceparent(header: string | undefined): Traceparent | undefined {
  const match = header === undefined ? null : pattern.exec(header);
  if (!match) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, flags };
}

/** Starts a new trace. It is sampled, since no caller has decided. */
export function newTraceparent(): string {
  const ids = randomHex(24);
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-01`;
}

/** Starts a new span in the trace of `parent`; a missing or invalid parent starts a new trace. */
export function childTraceparent(parent: string | undefined): string {
  const parsed = parseTraceparent(parent);
  return parsed ? `00-${parsed.traceId}-${randomHex(8)}-${parsed.flags}` : newTraceparent();
}

/** Random bytes are generated in larger blocks: one call per request costs too much. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
