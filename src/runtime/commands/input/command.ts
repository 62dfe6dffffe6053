export interface Command {
  /** One line for `--help`. */
  summary: string;
  /** The subcommands and their descriptions, for `--help`. */
  subcommands?: Record<string, string>;
  /** The flags and their descriptions, for `--help`. */
  flags: Record<string, string>;
  /** Whether `--help` after the first argument belongs to the arguments. */
  passesArguments?: boolean;
  /** Runs the command for the service at `root` and prints the result. Resolves to its exit code, by default 0. Rejects if it fails. */
  run(args: string[], root: string): Promise<number | void>;
}

/** The command cannot be carried out: a failed check, or flags that exclude each other. Only the message is printed. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** The arguments are invalid; the message shows the correct usage. */
export class MisuseError extends Error {
  override name = 'MisuseError';
}
