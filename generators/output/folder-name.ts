import { answerOne } from '../questions/answers.ts';
import type { Place } from './place.ts';
import type { Questions } from '../questions/question.ts';
import type { Call } from './work.ts';

/**
 * Returns the name of the new service or workspace: the given one; that of the current folder if an earlier run of the same
 * generator wrote it; or the answer to a question. Undefined if there is none; the questions then report it with all other
 * missing answers.
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
