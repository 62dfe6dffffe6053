import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { UnavailableError } from '../errors.ts';
import type { FetchedKeys } from './issuer-keys.ts';

/** Keys are read again after this time, in ms, so a key that the issuer has withdrawn stops to count. */
const MAX_AGE = 600_000;
/** An unknown key id reads the keys again, but not within this time after the last attempt, in ms. */
const COOLDOWN = 30_000;
/** Without any keys, every request fails, so the next attempt comes sooner. */
const FIRST_COOLDOWN = 1_000;

export interface KeySetOptions {
  fetchKeys: () => Promise<FetchedKeys>;
  now: () => Date;
  logger?: Pick<Logger, 'warn'> | undefined;
}

/** The public keys of an issuer. */
export interface KeySet {
  /** Resolves to the key of a token's header. Rejects with an UnavailableError if the issuer has never answered. */
  readonly keyOf: JWTVerifyGetKey;
  /** Changes whenever the keys do. */
  readonly version: number;
  /** Reads old keys again, without waiting. */
  renew(): void;
}

/**
 * Reads the keys at the first token, and again when they are old or a token names an unknown key. Only an answer of the issuer
 * replaces them: while it is away, and whatever key ids tokens name, the last keys stay.
 */
export function createKeySet({ fetchKeys, now, logger }: KeySetOptions): KeySet {
  let keys: { text: string; find: JWTVerifyGetKey; readAt: number } | undefined;
  let version = 0;
  let attemptAt = -Infinity;
  let reading: Promise<void> | undefined;

  /** A clock that was set back would otherwise keep old keys until it has caught up. */
  const since = (time: number) => {
    const passed = now().getTime() - time;
    return passed < 0 ? Infinity : passed;
  };

  async function read(): Promise<void> {
    const { set, text } = await fetchKeys();
    const find = createLocalJWKSet(set);
    if (text !== keys?.text) version += 1;
    keys = { text, find: usable(find, logger), readAt: now().getTime() };
  }

  /** Never rejects. Does not read within `cooldown` after the last attempt; then resolves at once, or when that ends. */
  function attempt(cooldown: number): Promise<void> {
    if (reading) return reading;
    if (since(attemptAt) < cooldown) return Promise.resolve();
    attemptAt = now().getTime();
    reading = read()
      .catch((error: unknown) => logger?.warn({ err: error }, 'the keys of the issuer cannot be read'))
      .finally(() => (reading = undefined));
    return reading;
  }

  function renew(): void {
    if (keys && since(keys.readAt) >= MAX_AGE) void attempt(COOLDOWN);
  }

  const keyOf: JWTVerifyGetKey = async (header, token) => {
    if (!keys) await attempt(FIRST_COOLDOWN);
    if (!keys) throw new UnavailableError('The issuer of tokens does not answer. Try again.');
    renew();
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await attempt(COOLDOWN);
      return keys.find(header, token);
    }
  };

  return {
    keyOf,
    renew,
    get version() {
      return version;
    },
  };
}

/** Treats a key that cannot be imported as missing: its tokens are refused, and the keys beside it count. */
function usable(find: JWTVerifyGetKey, logger: KeySetOptions['logger']): JWTVerifyGetKey {
  let isReported = false;
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      if (!isReported) logger?.warn({ err: error, kid: header.kid }, 'a key of the issuer cannot be used');
      isReported = true;
      throw new errors.JWKSNoMatchingKey();
    }
  };
}
