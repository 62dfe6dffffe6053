import type { Flag } from '../questions/question.ts';

/** Flags that npm has too. npm consumes them, and they may also come from a user's .npmrc. */
const shared = new Set(['yes', 'force', 'json', 'description', 'version', 'help']);

/** npm completes an unknown flag to its only flag with that prefix. */
const completed: Record<string, string> = { ci: 'cidr' };

interface Swallowed {
  /** Given to npm, but certainly meant for us. */
  certain: string[];
  /** npm's own flags too, perhaps meant for us. */
  perhaps: string[];
}

/**
 * Finds the flags before `--` in `npm init microservice ...`: npm consumes them, and only its environment reveals them. Flags
 * that were also `said` after `--` are not lost. Empty outside of `npm init` and `npm exec`.
 */
export function swallowedFlags(
  environment: NodeJS.ProcessEnv,
  flags: readonly Flag[],
  said: ReadonlySet<string> = new Set(),
): Swallowed {
  const swallowed: Swallowed = { certain: [], perhaps: [] };
  if (environment['npm_command'] !== 'init' && environment['npm_command'] !== 'exec') return swallowed;
  for (const flag of flags.filter(({ name }) => !said.has(name))) {
    const text = spelledByNpm(environment, flag);
    const group = shared.has(flag.name) ? swallowed.perhaps : swallowed.certain;
    if (text !== undefined && !group.includes(text)) group.push(text);
  }
  return swallowed;
}

function spelledByNpm(environment: NodeJS.ProcessEnv, { name, value, no }: Flag): string | undefined {
  const kept = environment[`npm_config_${(completed[name] ?? name).replaceAll('-', '_')}`];
  if (kept === undefined) return undefined;
  // `git` is npm's path of git, and only `--no-git` makes it false.
  if (name === 'git') return kept === 'false' ? '--no-git' : undefined;
  if (shared.has(name)) return kept === 'true' ? `--${name}` : undefined;
  if (kept === '' || kept === 'false') return no === undefined ? undefined : `--no-${name}`;
  return value === undefined || kept === 'true' ? `--${name}` : `--${name} ${JSON.stringify(kept)}`;
}

/**
 * Returns one line that names the flags and their correct position. Only the first word is shown, because npm takes the
 * values of unknown flags as words.
 */
export function swallowedMessage(names: string[], words: string[]): string {
  const call = ['npm init microservice', ...words.slice(0, 1), '--', ...names].join(' ');
  return `npm took ${names.join(', ')} for itself. Put the generator's flags after "--": ${call} ...`;
}
