import { UsageError } from '../core/usage-error.ts';
import type { Rule } from './rules.ts';
import { seen } from './seen.ts';

/** Returns `value` if it satisfies `rule`; throws a UsageError that names the file, the place in it and the value. */
export type Check = <T>(value: unknown, rule: Rule<T>, at: string) => T;

/** Returns a check for the values of `file`. */
export const checkOf =
  (file: string): Check =>
  <T>(value: unknown, { fault }: Rule<T>, at: string) => {
    const found = fault(value);
    if (found !== undefined) throw new UsageError(`${file}: ${at} is ${seen(value)}; ${found}`);
    return value as T;
  };
