export interface Command {
  /** One line for `--help`. */
  summary: string;
  /** What can follow the command's name, and what each does, for `--help`. */
  subcommands?: Record<string, string>;
  /** The flags and what each does, for `--help`. */
  flags: Record<string, string>;
  /** Does the work for the service at `root` and prints what it did. Rejects when it could not. */
  run(args: string[], root: string): Promise<void>;
}

/** A command says no: a check that failed, flags that do not go together. Its message is all that is printed. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** A command was called in a way that it does not understand; the message says which way it would. */
export class MisuseError extends Error {
  override name = 'MisuseError';
}
