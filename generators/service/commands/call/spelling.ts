import { didYouMean } from '../../../core/suggest.ts';
import { UsageError } from '../../../core/usage-error.ts';
import { seen } from '../../../outside/seen.ts';

/** Returns a call as the owner types it. npm takes flags before `--` for itself. */
export function spelledCall(call: string): string {
  const [words = '', ...flags] = call.split(/ (?=--)/);
  return ['npm init microservice', words, ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
}

/** The error for a command without one of its words or flags, if nobody can be asked. */
export const missing = (part: string, example: string): UsageError =>
  new UsageError(`${part}; write ${spelledCall(example)}`);

/** The error for a name that no part of this kind has; `names` are those of the present parts of `owner`. */
export const unknownPart = (
  kind: string,
  name: string,
  names: readonly string[],
  owner = 'the service',
): UsageError => {
  const present = names.length > 0 ? `It has: ${names.join(', ')}` : 'It has none';
  return new UsageError(`${owner} has no ${kind} ${seen(name)}.${didYouMean(name, names)} ${present}`);
};
