import type { ParseArgsConfig } from 'node:util';

/** A command over the services of a workspace. */
export interface WorkspaceCommand {
  /** The words after its name, for `--help`. */
  usage: string;
  /** One line for `--help`. */
  summary: string;
  flags: Record<string, Flag>;
  /** Whether the words after `--` are passed on to a program. */
  passesArguments?: boolean;
  /** Runs the command and prints the result. Resolves to the exit code. Rejects with a DevError if it cannot be carried out. */
  run: (call: CommandCall) => Promise<number>;
}

export interface Flag {
  type: 'boolean' | 'string';
  /** The name of the value in the usage. */
  value?: string;
  /** One line for `--help`. */
  help: string;
}

export interface CommandCall {
  cwd: string;
  /** The words after the name of the command. */
  words: string[];
  /** The words after `--`. */
  passed: string[];
  flags: Record<string, string | boolean | undefined>;
}

export type Options = NonNullable<ParseArgsConfig['options']>;
