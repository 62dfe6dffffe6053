/**
 * The number of lanes, by topic and key; a relay sends each lane in order. The table computes the lane of a row
 * (tables/event-outbox.ts, which is frozen), so this number never changes.
 */
export const LANES = 16;

/** Returns the SQL for the lane of a topic and a key. */
export const laneOf = (topic: string, key: string): string =>
  `(hashtextextended(${topic} || ' ' || ${key}, 0) & ${LANES - 1})::smallint`;

/** The NOTIFY channel for lanes with new rows. */
export const CHANNEL = 'event_outbox';
