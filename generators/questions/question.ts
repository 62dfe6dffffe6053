/** A flag of the command. Without `value` it is a switch. */
export interface Flag {
  name: string;
  /** The placeholder for the value in the help: `<number>`. */
  value?: string;
  /** Empty if only `--no-<name>` is allowed. */
  help: string;
  /** The meaning of `--no-<name>`, if that is allowed. */
  no?: string;
  /** The flag can be repeated, and each value counts. */
  many?: true;
  /** The flag for which this switch is another spelling. */
  means?: GivenFlag;
}

/** One flag as it was given: `--port 8001`, `--kubernetes` (true), `--no-kubernetes` (false). */
export interface GivenFlag {
  flag: string;
  value: string | boolean;
  /** How it was given, if not as `--<flag>`; for messages. */
  as?: string;
}

/** A question for a terminal, in Inquirer's form. */
export interface Prompt {
  type: 'input' | 'confirm' | 'select' | 'checkbox';
  message: string;
  default?: unknown;
  choices?: { name: string; value: unknown }[];
  validate?: (value: string) => true | string;
}

/** Asks in the terminal. Each function resolves to the answer. */
export interface Ask {
  text(prompt: Omit<Prompt, 'type' | 'choices'>): Promise<string>;
  confirm(prompt: Pick<Prompt, 'message'> & { default?: boolean | undefined }): Promise<boolean>;
  choose<Value>(prompt: {
    message: string;
    choices: { name: string; value: Value }[];
    default?: Value;
  }): Promise<Value>;
  chooseSome<Value>(prompt: { message: string; choices: { name: string; value: Value }[] }): Promise<Value[]>;
}

/**
 * A question of a generator: its prompt, its flags, its default and its check. `known` contains the answers to the earlier
 * questions.
 */
export interface Question<Answers, Context, Key extends keyof Answers, Value = Answers[Key]> {
  name: Key;
  flags: Flag[];
  /** For a question without a default: the message about a missing answer. */
  required?: string;
  /** The description of the default in the help. */
  defaultHelp: string;
  /**
   * Converts the given flags to the answer. `before` is the answer of an earlier run. Throws a UsageError that names the flag
   * and the value.
   */
  read(given: GivenFlag[], known: Partial<Answers>, context: Context, before?: Value): Value | Promise<Value>;
  /** Returns the default; undefined if the user must answer. */
  default(known: Partial<Answers>, context: Context): Value | undefined;
  /** Returns the reason why `value` is not allowed, in one line; undefined if it is allowed. */
  check?(value: Value, known: Partial<Answers>, context: Context): string | undefined;
  ask(ask: Ask, known: Partial<Answers>, context: Context): Promise<Value>;
  /** Decides the open points of a new answer. `before` is the answer of an earlier run. `ask` is missing without a terminal. */
  settle?(
    value: Value,
    context: Context,
    open: { ask?: Ask | undefined; before?: Value | undefined },
  ): Promise<Value>;
}

/** The questions of a generator by their key. */
export type Questions<Answers, Context> = { [Key in keyof Answers]-?: Question<Answers, Context, Key> };

export type AnyQuestion<Answers, Context> = Questions<Answers, Context>[keyof Answers];
