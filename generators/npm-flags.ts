import type { Flag } from './question.ts';

/** Flags that npm has too. It takes them for itself, and they may stand in somebody's .npmrc. */
const shared = new Set(['yes', 'force', 'git', 'description', 'version', 'help', 'install']);

interface Swallowed {
  /** Given to npm, and meant for us without doubt. */
  certain: string[];
  /** npm's own flags too: perhaps meant for us. */
  perhaps: string[];
}

/**
 * The flags that stood before `--` in `npm init microservice ...`: npm keeps them, and only its environment tells.
 * An empty answer outside of `npm init` and `npm exec`.
 */
export function swallowedFlags(environment: NodeJS.ProcessEnv, flags: readonly Flag[]): Swallowed {
  const swallowed: Swallowed = { certain: [], perhaps: [] };
  if (environment['npm_command'] !== 'init' && environment['npm_command'] !== 'exec') return swallowed;
  for (const flag of flags) {
    const text = spelledByNpm(environment, flag);
    const group = shared.has(flag.name) ? swallowed.perhaps : swallowed.certain;
    if (text !== undefined && !group.includes(text)) group.push(text);
  }
  return swallowed;
}

function spelledByNpm(environment: NodeJS.ProcessEnv, { name, value, no }: Flag): string | undefined {
  const key = name.replaceAll('-', '_');
  const kept = environment[`npm_config_${key}`];
  if (no !== undefined && environment[`npm_config_no_${key}`] === 'true') return `--no-${name}`;
  if (kept === undefined) return undefined;
  if (shared.has(name)) return kept === 'true' ? `--${name}` : undefined;
  if (no !== undefined && (kept === '' || kept === 'false')) return `--no-${name}`;
  return value === undefined || kept === 'true' ? `--${name}` : `--${name} ${JSON.stringify(kept)}`;
}

/** One line that names them and says where they belong. */
export function swallowedMessage(names: string[], words: string[]): string {
  const call = ['npm init microservice', ...words, '--', ...names].join(' ');
  return `npm kept ${names.join(', ')} for itself. What is meant for the generator follows "--": ${call} ...`;
}
