import { UsageError } from '../../core/usage-error.ts';

/** Returns a call as the owner types it. npm takes flags before `--` for itself. */
export function spelledCall(call: string): string {
  const [words = '', ...flags] = call.split(/ (?=--)/);
  return ['npm init microservice', words, ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
}

/** The error for a command without one of its words or flags, if nobody can be asked. */
export const missing = (part: string, example: string): UsageError =>
  new UsageError(`${part}; write ${spelledCall(example)}`);
