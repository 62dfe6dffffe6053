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
  const asked = environment['npm_command'] === 'init' || environment['npm_command'] === 'exec';
  const found = asked
    ? flags.map((flag) => swallowed(environment, flag)).filter((text) => text !== undefined)
    : [];
  const isShared = (text: string) => shared.has(text.replace(/^--(no-)?/, ''));
  return { certain: found.filter((text) => !isShared(text)), perhaps: found.filter(isShared) };
}

function swallowed(environment: NodeJS.ProcessEnv, { name, no }: Flag): string | undefined {
  const key = name.replaceAll('-', '_');
  const value = environment[`npm_config_${key}`];
  if (environment[`npm_config_no_${key}`] === 'true' && no !== undefined) return `--no-${name}`;
  if (value === undefined || (value === '' && no === undefined)) return undefined;
  if (shared.has(name)) return value === 'true' ? `--${name}` : undefined;
  return no !== undefined && (value === '' || value === 'false') ? `--no-${name}` : `--${name}`;
}

/** One line that names them and says where they belong. */
export function swallowedMessage(names: string[], words: string[]): string {
  const call = ['npm init microservice', ...words, '--', ...names].join(' ');
  return `npm kept ${names.join(', ')} for itself. What is meant for the generator follows "--": ${call} ...`;
}
