import { UsageError } from '../../core/usage-error.ts';

/**
 * Returns the name of a new migration: `preferred` if it sorts after every name of `taken`, else its words after the next
 * number. Migrations run in the order of their names, so a new one must follow those that are already applied.
 */
export function nameAfter(taken: Iterable<string>, preferred: string): string {
  const last = [...taken].toSorted().at(-1);
  if (last === undefined || `${preferred}.ts` > last) return preferred;
  const words = preferred.replace(/^\d+/, '');
  const name = `${numberAfter(last)}${words}`;
  if (`${name}.ts` > last) return name;
  throw new UsageError(
    `migrations/${last} sorts after every new migration; begin its name with a time such as 20260131120000, as knex migrate:make does`,
  );
}

/** Increments the number at the start of a name, with the same number of digits. */
function numberAfter(name: string): string {
  const digits = /^\d*/.exec(name)?.[0] ?? '';
  return digits === '' ? '' : String(BigInt(digits) + 1n).padStart(digits.length, '0');
}
