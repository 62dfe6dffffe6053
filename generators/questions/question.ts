/** A flag of the command. Without `value` it is a switch. */
export interface Flag {
  name: string;
  /** What stands for the value in the help: `<number>`. */
  value?: string;
  /** Empty where only `--no-<name>` may be said. */
  help: string;
  /** What `--no-<name>` means, where it may be said. */
  no?: string;
  /** It may be given several times, and each value counts. */
  many?: true;
}

/** One flag as it was given: `--port 8001`, `--kubernetes` (true), `--no-kubernetes` (false). */
export interface GivenFlag {
  flag: string;
  value: string | boolean;
}

/** What a terminal is asked, in the words of Inquirer. */
export interface Prompt {
  type: 'input' | 'confirm' | 'select' | 'checkbox';
  message: string;
  default?: unknown;
  choices?: { name: string; value: unknown }[];
  validate?: (value: string) => true | string;
}

/** Asks, and resolves to what is answered; what that is follows from the prompt. */
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
 * One answer of a generator: how it is asked, its flags, its default and its check, all in one place.
 * `known` holds the answers of the questions before it.
 */
export interface Question<Answers, Context, Key extends keyof Answers, Value = Answers[Key]> {
  name: Key;
  flags: Flag[];
  /** What the help says about the default. */
  defaultHelp: string;
  /** From what was given to the answer; throws a UsageError that names the flag and the value. */
  read(given: GivenFlag[], known: Partial<Answers>, context: Context): Value | Promise<Value>;
  /** `undefined`: there is no default, somebody must say it. */
  default(known: Partial<Answers>, context: Context): Value | undefined;
  /** Why `value` cannot be, in one line; nothing when it can. */
  check?(value: Value, known: Partial<Answers>, context: Context): string | undefined;
  ask(ask: Ask, known: Partial<Answers>, context: Context): Promise<Value>;
  /** Decides what a new answer leaves open. `before` is the answer of an earlier run; without `ask` nobody can be asked. */
  settle?(
    value: Value,
    context: Context,
    open: { ask?: Ask | undefined; before?: Value | undefined },
  ): Promise<Value>;
}

/** The questions of a generator by their key. */
export type Questions<Answers, Context> = { [Key in keyof Answers]-?: Question<Answers, Context, Key> };

export type AnyQuestion<Answers, Context> = Questions<Answers, Context>[keyof Answers];
