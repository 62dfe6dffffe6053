import type { Principal } from '../context/principal.ts';
import type { KeySet } from './key-set.ts';

/** A service has few callers at a time; a token has about 1 KiB. */
const MOST = 1_000;

interface Options {
  keys: Pick<KeySet, 'version' | 'renew'>;
  now: () => Date;
}

/** The tokens whose signature was verified with the present keys: verifying one again would cost most of a small request. */
export interface VerifiedTokens {
  find(token: string): Principal | undefined;
  /** Keeps a token that is valid before `until`, in ms since 1970, if `version` is still the version of the keys. */
  keep(token: string, verified: { principal: Principal; until: number; version: number }): void;
}

/** Forgets every token when the keys change, one that has expired, and the oldest of more than 1,000. */
export function createVerifiedTokens({ keys, now }: Options): VerifiedTokens {
  const tokens = new Map<string, { principal: Principal; until: number }>();
  let { version } = keys;

  function forgetOldKeys(): void {
    if (version === keys.version) return;
    tokens.clear();
    ({ version } = keys);
  }

  return {
    find(token) {
      keys.renew();
      forgetOldKeys();
      const known = tokens.get(token);
      if (known && now().getTime() < known.until) return known.principal;
      tokens.delete(token);
      return undefined;
    },
    keep(token, { principal, until, version: used }) {
      forgetOldKeys();
      if (used !== version) return;
      if (tokens.size >= MOST) tokens.delete(tokens.keys().next().value ?? '');
      tokens.set(token, { principal, until });
    },
  };
}
