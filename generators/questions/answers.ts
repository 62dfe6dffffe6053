import type { Ask, Flag, GivenFlag, Questions } from './question.ts';
import { UsageError } from '../core/usage-error.ts';

export interface Sources<Answers> {
  flags: GivenFlag[];
  /** The answers of an earlier run in the same folder. */
  stored?: Partial<Answers> | undefined;
  /** Use the defaults instead of asking. */
  yes: boolean;
  /** Undefined without a terminal. */
  ask?: Ask | undefined;
}

/**
 * Answers every question in order: from its flags, else from an earlier run, else (`yes`) with its default, else by asking.
 * Without a terminal, throws one UsageError about the missing answers.
 */
export async function answerAll<Answers extends object, Context>(
  questions: Questions<Answers, Context>,
  context: Context,
  sources: Sources<Answers>,
): Promise<Answers> {
  const known: Partial<Answers> = {};
  const missing: { required?: string }[] = [];
  for (const key of keysOf(questions)) {
    const value = await answerOne(questions[key], known, context, sources);
    if (value === undefined) missing.push(questions[key]);
    else known[key] = value;
  }
  if (isComplete(known, missing)) return known;
  throw new UsageError(nobodyToAsk(missing));
}

const keysOf = <Answers extends object, Context>(questions: Questions<Answers, Context>): (keyof Answers)[] =>
  Object.keys(questions) as (keyof Answers)[];

const isComplete = <Answers>(_known: Partial<Answers>, missing: unknown[]): _known is Answers =>
  missing.length === 0;

/** Throws a UsageError for the first of the complete answers that its question refuses in this context. */
export function refuseFaults<Answers extends object, Context>(
  questions: Questions<Answers, Context>,
  answers: Answers,
  context: Context,
): void {
  const found = firstFault(questions, answers, context);
  if (!found) return;
  const { flags } = questions[found.key];
  throw new UsageError(flags.length === 0 ? found.fault : `${found.fault}. Specify ${spelled(flags)}`);
}

function firstFault<Answers extends object, Context>(
  questions: Questions<Answers, Context>,
  answers: Answers,
  context: Context,
): { key: keyof Answers; fault: string } | undefined {
  for (const key of keysOf(questions)) {
    const fault = questions[key].check?.(answers[key], answers, context);
    if (fault !== undefined) return { key, fault };
  }
  return undefined;
}

/**
 * Decides the open points of answers that a command has changed, and checks all answers. `before` is the answers of the earlier run.
 * Throws a UsageError with the first fault.
 */
export async function settleChanges<Answers extends object, Context>(
  questions: Questions<Answers, Context>,
  { before, answers }: { before: Answers; answers: Answers },
  context: Context,
  ask: Ask | undefined,
): Promise<Answers> {
  const settled = { ...answers };
  for (const key of keysOf(questions)) {
    const question = questions[key];
    if (question.settle && answers[key] !== before[key])
      settled[key] = await question.settle(answers[key], context, { ask, before: before[key] });
  }
  const found = firstFault(questions, settled, context);
  if (found) throw new UsageError(found.fault);
  return settled;
}

/** Returns the validated answer to one question, whatever its source; undefined if there is none. */
export async function answerOne<Answers, Context, Key extends keyof Answers>(
  question: Questions<Answers, Context>[Key],
  known: Partial<Answers>,
  context: Context,
  sources: Sources<Answers>,
): Promise<Answers[Key] | undefined> {
  const { value, blame = (fault: string) => fault } = await findAnswer(question, known, context, sources);
  const fault = value === undefined ? undefined : question.check?.(value, known, context);
  if (fault !== undefined) throw new UsageError(blame(fault));
  const before = sources.stored?.[question.name];
  if (value === undefined || value === before || !question.settle) return value;
  return question.settle(value, context, { ask: sources.yes ? undefined : sources.ask, before });
}

interface Found<Value> {
  value: Value | undefined;
  /** Completes the reason why the value is refused: names its source, and only a flag that was given. */
  blame?: (fault: string) => string;
}

async function findAnswer<Answers, Context, Key extends keyof Answers>(
  question: Questions<Answers, Context>[Key],
  known: Partial<Answers>,
  context: Context,
  { flags, stored, yes, ask }: Sources<Answers>,
): Promise<Found<Answers[Key]>> {
  const given = flags.filter(({ flag }) => question.flags.some(({ name }) => name === flag));
  const remembered = stored?.[question.name];
  if (given.length > 0) {
    const value = await question.read(given, known, context, remembered);
    return { value, blame: (fault) => `${givenAs(question.flags, given)}: ${fault}` };
  }
  if (remembered !== undefined)
    return { value: remembered, blame: (fault) => `${String(question.name)} of the earlier run: ${fault}` };
  const isUnasked = question.flags.length === 0;
  const byDefault = yes || isUnasked ? question.default(known, context) : undefined;
  if (byDefault !== undefined)
    return { value: byDefault, blame: (fault) => `${fault}. Specify ${spelled(question.flags)}` };
  return { value: ask && (await question.ask(ask, known, context)) };
}

/** Returns the spelling of the first flag of a question that was given. */
function givenAs(flags: Flag[], given: GivenFlag[]): string {
  const all = flags.flatMap(({ name }) => given.filter(({ flag }) => flag === name));
  return all[0]?.as ?? `--${all[0]?.flag}`;
}

/** Formats the flags of a question: `--port <number>`, `--git or --no-git`. */
const spelled = (flags: Flag[]): string => {
  const positive = flags.filter(({ help }) => help !== '');
  const together = positive.map(({ name, value }) => `--${name}${value ? ` ${value}` : ''}`);
  const without = flags
    .filter(({ value, no }) => !value && no !== undefined)
    .map(({ name }) => `--no-${name}`);
  return [together.join(' '), ...without].join(' or ');
};

/** Only an answer without a default is named: `--yes` answers the others. */
function nobodyToAsk(missing: { required?: string }[]): string {
  const required = missing.find((question) => question.required !== undefined)?.required;
  const count = `${missing.length} answer${missing.length === 1 ? '' : 's'}`;
  return (
    required ?? `cannot ask for ${count} without a terminal; add --yes for the defaults, which --help lists`
  );
}
