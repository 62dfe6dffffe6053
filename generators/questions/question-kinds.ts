import type { Flag, GivenFlag, Question } from './question.ts';
import { seen } from '../outside/seen.ts';
import { UsageError } from '../core/usage-error.ts';

type Simple<Answers, Context, Key extends keyof Answers, Value> = Pick<
  Question<Answers, Context, Key, Value>,
  'name' | 'required' | 'defaultHelp' | 'default' | 'check'
> & { message: string; flag: Flag };

/** If several flags answer a question, the last one counts. */
const last = (given: GivenFlag[]) => given.at(-1)?.value;

/** A line of text. `tidy` converts both typed and given text. */
export function textQuestion<Answers, Context, Key extends keyof Answers>(
  simple: Simple<Answers, Context, Key, string> & { tidy?: (text: string) => string },
): Question<Answers, Context, Key, string> {
  const { message, flag, tidy = (text: string) => text.trim(), ...question } = simple;
  return {
    ...question,
    flags: [flag],
    read: (given) => tidy(String(last(given))),
    ask: async (ask, known, context) =>
      tidy(
        await ask.text({
          message,
          default: simple.default(known, context),
          validate: (text) => simple.check?.(tidy(text), known, context) ?? true,
        }),
      ),
  };
}

const wholeNumber = /^\d{1,15}$/;

/** An integer. */
export function numberQuestion<Answers, Context, Key extends keyof Answers>(
  simple: Simple<Answers, Context, Key, number>,
): Question<Answers, Context, Key, number> {
  const { message, flag, ...question } = simple;
  return {
    ...question,
    flags: [flag],
    read(given) {
      const text = String(last(given));
      if (!wholeNumber.test(text))
        throw new UsageError(`--${flag.name} takes a whole number, not ${seen(text)}`);
      return Number(text);
    },
    ask: async (ask, known, context) =>
      Number(
        await ask.text({
          message,
          default: String(simple.default(known, context)),
          validate: (text) =>
            wholeNumber.test(text.trim())
              ? (simple.check?.(Number(text), known, context) ?? true)
              : `${seen(text)} is not a whole number`,
        }),
      ),
  };
}

/** An answer that is never asked for: only commands change it. It has no flags. */
export const unaskedQuestion = <Answers, Context, Key extends keyof Answers>(
  name: Key,
  value: Answers[Key],
): Question<Answers, Context, Key> => ({
  name,
  flags: [],
  defaultHelp: '',
  read: () => value,
  default: () => value,
  ask: () => Promise.resolve(value),
});

/** Yes or no. */
export function confirmQuestion<Answers, Context, Key extends keyof Answers>(
  simple: Simple<Answers, Context, Key, boolean>,
): Question<Answers, Context, Key, boolean> {
  const { message, flag, ...question } = simple;
  return {
    ...question,
    flags: [flag],
    read: (given) => last(given) === true,
    ask: (ask, known, context) => ask.confirm({ message, default: simple.default(known, context) }),
  };
}

/** One of a few words; `--no-<flag>` selects `none`, if that is a choice. */
export function choiceQuestion<Answers, Context, Key extends keyof Answers, Choice extends string>(
  simple: Simple<Answers, Context, Key, Choice> & { choices: readonly Choice[] },
): Question<Answers, Context, Key, Choice> {
  const { message, flag, choices, ...question } = simple;
  return {
    ...question,
    flags: [flag],
    read(given) {
      const value = last(given);
      const word = value === false ? 'none' : String(value);
      const choice = choices.find((each) => each === word);
      if (choice !== undefined) return choice;
      throw new UsageError(`--${flag.name} takes ${choices.join(' or ')}, not ${seen(word)}`);
    },
    ask: (ask, known, context) => {
      const proposed = simple.default(known, context);
      return ask.choose({
        message,
        choices: choices.map((choice) => ({ name: choice, value: choice })),
        ...(proposed !== undefined && { default: proposed }),
      });
    },
  };
}
