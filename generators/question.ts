import { UsageError } from './usage-error.ts';

/** A flag of the command. Without `value` it is a switch. */
export interface Flag {
  name: string;
  /** What stands for the value in the help: `<number>`. */
  value?: string;
  help: string;
  /** What `--no-<name>` means, where it may be said. */
  no?: string;
}

/** One flag as it was given: `--port 8001`, `--kubernetes` (true), `--no-kubernetes` (false). */
export interface GivenFlag {
  flag: string;
  value: string | boolean;
}

/** What a terminal is asked; the fields that every prompt of Yeoman's adapter knows. */
export interface Prompt {
  type: 'input' | 'number' | 'confirm' | 'select' | 'checkbox';
  message: string;
  default?: unknown;
  choices?: { name: string; value: unknown; checked?: boolean }[];
  validate?: (value: never) => true | string;
}

export type Ask = <Value>(prompt: Prompt) => Promise<Value>;

/**
 * One answer of a generator: how it is asked, its flags, its default and its check, all in one place.
 * `known` holds the answers of the questions before it.
 */
export interface Question<Answers, Context, Key extends keyof Answers> {
  name: Key;
  flags: Flag[];
  /** What the help says about the default. */
  defaultHelp: string;
  /** From what was given to the answer; throws a UsageError that names the flag and the value. */
  read(given: GivenFlag[], known: Partial<Answers>, context: Context): Answers[Key] | Promise<Answers[Key]>;
  /** `undefined`: there is no default, somebody must say it. */
  default(known: Partial<Answers>, context: Context): Answers[Key] | undefined;
  /** Why `value` cannot be, in one line; nothing when it can. */
  check?(value: Answers[Key], known: Partial<Answers>, context: Context): string | undefined;
  ask(ask: Ask, known: Partial<Answers>, context: Context): Promise<Answers[Key]>;
}

/** Any question of a generator, its key forgotten. */
export type AnyQuestion<Answers, Context> = {
  [Key in keyof Answers]-?: Question<Answers, Context, Key>;
}[keyof Answers];

interface Simple<Value, Answers, Context> {
  message: string;
  flag: Flag;
  defaultHelp: string;
  default: (known: Partial<Answers>, context: Context) => Value | undefined;
  check?: (value: Value, known: Partial<Answers>, context: Context) => string | undefined;
}

const last = (given: GivenFlag[]) => given.at(-1)?.value;

/** A prompt's validate from a question's check. */
const validate =
  <Value>(read: (text: Value) => Value, check: (value: Value) => string | undefined) =>
  (text: Value): true | string => {
    try {
      return check(read(text)) ?? true;
    } catch (error) {
      return (error as Error).message;
    }
  };

/** A line of text. `tidy` is applied to what was typed and to what was given. */
export function textQuestion<Answers, Context, Key extends keyof Answers>(
  name: Key,
  simple: Simple<string, Answers, Context> & { tidy?: (text: string) => string },
): Question<Answers, Context, Key> {
  const tidy = simple.tidy ?? ((text: string) => text.trim());
  return {
    ...common<Answers, Context, Key, string>(name, simple),
    read: (given) => tidy(String(last(given))) as Answers[Key],
    async ask(ask, known, context) {
      const check = validate(tidy, (value) => simple.check?.(value, known, context));
      const text = await ask<string>({
        type: 'input',
        message: simple.message,
        default: simple.default(known, context),
        validate: check,
      });
      return tidy(text) as Answers[Key];
    },
  };
}

/** A whole number. */
export function numberQuestion<Answers, Context, Key extends keyof Answers>(
  name: Key,
  simple: Simple<number, Answers, Context>,
): Question<Answers, Context, Key> {
  return {
    ...common<Answers, Context, Key, number>(name, simple),
    read: (given) => wholeNumber(simple.flag, String(last(given))) as Answers[Key],
    async ask(ask, known, context) {
      const validateText = (text: string) => {
        if (!/^\d+$/.test(text.trim())) return `"${text}" is not a whole number`;
        return simple.check?.(Number(text), known, context) ?? true;
      };
      const text = await ask<string>({
        type: 'input',
        message: simple.message,
        default: String(simple.default(known, context)),
        validate: validateText,
      });
      return Number(text) as Answers[Key];
    },
  };
}

function wholeNumber(flag: Flag, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${flag.name} takes a whole number, not "${text}"`);
  return Number(text);
}

/** Yes or no. */
export function confirmQuestion<Answers, Context, Key extends keyof Answers>(
  name: Key,
  simple: Simple<boolean, Answers, Context>,
): Question<Answers, Context, Key> {
  return {
    ...common<Answers, Context, Key, boolean>(name, simple),
    read: (given) => last(given) as Answers[Key],
    ask: (ask, known, context) =>
      ask({ type: 'confirm', message: simple.message, default: simple.default(known, context) }),
  };
}

/** One of a few words; `--no-<flag>` is the choice `none`, where there is one. */
export function choiceQuestion<Answers, Context, Key extends keyof Answers>(
  name: Key,
  simple: Simple<string, Answers, Context> & { choices: readonly string[] },
): Question<Answers, Context, Key> {
  const { choices, flag } = simple;
  return {
    ...common<Answers, Context, Key, string>(name, simple),
    read(given) {
      const value = last(given);
      const word = value === false ? 'none' : String(value);
      if (choices.includes(word)) return word as Answers[Key];
      throw new UsageError(`--${flag.name} takes ${choices.join(' or ')}, not "${word}"`);
    },
    ask: (ask, known, context) =>
      ask({
        type: 'select',
        message: simple.message,
        default: simple.default(known, context),
        choices: choices.map((choice) => ({ name: choice, value: choice })),
      }),
  };
}

function common<Answers, Context, Key extends keyof Answers, Value>(
  name: Key,
  simple: Simple<Value, Answers, Context>,
) {
  const { flag, defaultHelp, check } = simple;
  return {
    name,
    flags: [flag],
    defaultHelp,
    default: simple.default as (known: Partial<Answers>, context: Context) => Answers[Key] | undefined,
    ...(check && {
      check: check as unknown as (
        value: Answers[Key],
        known: Partial<Answers>,
        context: Context,
      ) => string | undefined,
    }),
  };
}
