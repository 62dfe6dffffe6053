import { answerOne } from '../questions/answers.ts';
import type { Place } from './place.ts';
import type { Questions } from '../questions/question.ts';
import type { Call } from './work.ts';

/**
 * The name of what is written: given, or that of the folder in which the command runs when an earlier run of the same
 * generator wrote it, or asked for. Undefined where nobody says it; the questions then name it with all that is missing.
 */
export async function folderName<Answers extends { name: string }, Context>(
  question: Questions<Answers, Context>['name'],
  context: Context,
  { call, place, generator }: { call: Call; place: Place; generator: string },
): Promise<string | undefined> {
  const { current } = place;
  const said = call.given.some(({ flag }) => flag === 'name');
  const remembered = current?.generator === generator ? current.answers['name'] : undefined;
  if (!said && typeof remembered === 'string') return remembered;
  return answerOne<Answers, Context, 'name'>(question, {}, context, {
    ...call,
    flags: call.given,
    stored: {},
  });
}
