import type { AnyQuestion, Ask, GivenFlag, Question } from './question.ts';
import { UsageError } from './usage-error.ts';

export interface Sources<Answers> {
  flags: GivenFlag[];
  /** Answers of an earlier run in the same folder. */
  stored?: Partial<Answers> | undefined;
  /** Take the defaults instead of asking. */
  yes: boolean;
  /** Absent without a terminal. */
  ask?: Ask | undefined;
}

type Erased<Answers, Context> = Question<Answers, Context, keyof Answers>;

/**
 * Answers every question, in order: from its flags, else from an earlier run, else by asking, else (`yes`) by its
 * default. Without a terminal and without `yes`, throws one UsageError that names everything that is missing.
 */
export async function answerAll<Answers, Context>(
  questions: AnyQuestion<Answers, Context>[],
  context: Context,
  sources: Sources<Answers>,
): Promise<Answers> {
  const known: Partial<Answers> = {};
  const missing: string[] = [];
  for (const each of questions as Erased<Answers, Context>[]) {
    const value = await answerOne(each, known, context, sources);
    if (value === undefined) missing.push(spelled(each.flags));
    else known[each.name] = checked(each, value, known, context);
  }
  if (missing.length > 0) throw new UsageError(nobodyToAsk(missing, sources.yes));
  return known as Answers;
}

function answerOne<Answers, Context>(
  each: Erased<Answers, Context>,
  known: Partial<Answers>,
  context: Context,
  { flags, stored, yes, ask }: Sources<Answers>,
): Answers[keyof Answers] | undefined | Promise<Answers[keyof Answers]> {
  const given = flags.filter(({ flag }) => each.flags.some(({ name }) => name === flag));
  if (given.length > 0) return each.read(given, known, context);
  if (stored?.[each.name] !== undefined) return stored[each.name];
  const byDefault = yes ? each.default(known, context) : undefined;
  if (byDefault !== undefined) return byDefault;
  return ask && each.ask(ask, known, context);
}

function checked<Answers, Context>(
  each: Erased<Answers, Context>,
  value: Answers[keyof Answers],
  known: Partial<Answers>,
  context: Context,
): Answers[keyof Answers] {
  const fault = each.check?.(value, known, context);
  if (fault !== undefined) throw new UsageError(`${spelled(each.flags.slice(0, 1))}: ${fault}`);
  return value;
}

const spelled = (flags: { name: string; value?: string }[]) =>
  flags.map(({ name, value }) => `--${name}${value ? ` ${value}` : ''}`).join(' ');

function nobodyToAsk(missing: string[], yes: boolean): string {
  const remedy = yes ? '' : ', or --yes for the defaults';
  return `there is no terminal to ask for what is missing: give ${missing.join(', ')}${remedy}`;
}
