import { MisuseError, type Command } from './command.ts';
import { helpOf, parseFlags, type FlagName, type Flags } from './flags.ts';

export interface Subcommand {
  /** One line for `--help`. */
  summary: string;
  /** The supported flags; any other flag is an error. */
  flags: readonly FlagName[];
  /** The words that must follow its name; none if it is missing. */
  words?: readonly string[];
  run(values: Flags, root: string, words: string[]): Promise<void>;
}

/**
 * Creates a command whose first word selects a subcommand. `texts` are descriptions of flags that differ from other commands.
 */
export function commandOf(
  summary: string,
  subcommands: Record<string, Subcommand>,
  texts: Partial<Record<FlagName, string>> = {},
): Command {
  const entries = Object.entries(subcommands);
  const names = Object.keys(subcommands);
  const flags = new Set(Object.values(subcommands).flatMap((each) => each.flags));
  return {
    summary,
    subcommands: Object.fromEntries(
      entries.map(([name, each]) => [[name, ...(each.words ?? [])].join(' '), each.summary]),
    ),
    flags: helpOf([...flags], texts),
    async run([name, ...args], root) {
      const subcommand = entries.find(([each]) => each === name)?.[1];
      if (!subcommand) throw new MisuseError(`${seen(name)}; use one of ${names.join(', ')}`);
      const { values, words } = parseFlags(args, subcommand.flags, subcommand.words);
      await subcommand.run(values, root, words);
    },
  };
}

const seen = (name: string | undefined): string =>
  name === undefined ? 'the subcommand is missing' : `unknown subcommand "${name}"`;
