import type { Flag } from '../questions/question.ts';

/** Flags that npm has too. It takes them for itself, and they may stand in somebody's .npmrc. */
const shared = new Set(['yes', 'force', 'description', 'version', 'help']);

/** npm completes a flag that it does not know to the only one of its own that begins so. */
const completed: Record<string, string> = { ci: 'cidr' };

interface Swallowed {
  /** Given to npm, and meant for us without doubt. */
  certain: string[];
  /** npm's own flags too: perhaps meant for us. */
  perhaps: string[];
}

/**
 * The flags that stood before `--` in `npm init microservice ...`: npm keeps them, and only its environment tells.
 * What was `said` after it too is no loss. An empty answer outside of `npm init` and `npm exec`.
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
  // `git` is npm's path of git, and only `--no-git` turns it into this.
  if (name === 'git') return kept === 'false' ? '--no-git' : undefined;
  if (shared.has(name)) return kept === 'true' ? `--${name}` : undefined;
  if (kept === '' || kept === 'false') return no === undefined ? undefined : `--no-${name}`;
  return value === undefined || kept === 'true' ? `--${name}` : `--${name} ${JSON.stringify(kept)}`;
}

/**
 * One line that names them and says where they belong. Of the words only the first is shown: npm takes the values of
 * flags that it does not know for words.
 */
export function swallowedMessage(names: string[], words: string[]): string {
  const call = ['npm init microservice', ...words.slice(0, 1), '--', ...names].join(' ');
  return `npm took ${names.join(', ')} for itself. Put the generator's flags after "--": ${call} ...`;
}
