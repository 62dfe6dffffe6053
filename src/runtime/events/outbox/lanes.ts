/**
 * The outbox is divided into lanes by topic and key; a relay sends a lane in order. The table computes the lane of a row
 * (tables/event-outbox.ts, which is frozen), so that this number never changes.
 */
export const LANES = 16;

/** The lane of a topic and a key, as SQL over two expressions. */
export const laneOf = (topic: string, key: string): string =>
  `(hashtextextended(${topic} || ' ' || ${key}, 0) & ${LANES - 1})::smallint`;

/** The channel of NOTIFY on which relays hear of lanes with rows. */
export const CHANNEL = 'event_outbox';
