import { EVENT_HEADER } from '../../context/last-event.ts';
import { changes } from '../requests/last-event.ts';
import { eventPattern, LONGEST_EVENT, STALE_HEADER, WAIT_HEADER } from '../requests/read-after-event.ts';
import type { Operation } from '../requests/route.ts';

const eventSchema = { type: 'string', pattern: eventPattern, maxLength: LONGEST_EVENT };

const published = {
  [EVENT_HEADER]: {
    description: 'The source and the id of the last event that the request published, if it published one',
    schema: eventSchema,
  },
};

const stale = {
  [STALE_HEADER]: {
    description: 'true if the answer may lack the event of Wait-For-Event',
    schema: { type: 'string', enum: ['true'] },
  },
};

/** Documents the header of a route that reads a projection. */
export const waitParameters = ({ waitForEvent }: Operation): object[] =>
  waitForEvent
    ? [
        {
          ...{ name: WAIT_HEADER, in: 'header', required: false, schema: eventSchema },
          description: `The ${EVENT_HEADER} of a change. Waits until the answer contains it, at most 2 s`,
        },
      ]
    : [];

/** Documents `Event-Id` and `Stale` in the successful responses of a route that publishes events, or waits for one. */
export function eventAnswers(
  { method, waitForEvent }: Operation,
  answers: Record<string, object>,
  { hasBus }: { hasBus: boolean },
): Record<string, object> {
  const own = { ...(hasBus && changes(method) && published), ...(waitForEvent && stale) };
  if (Object.keys(own).length === 0) return answers;
  const entries = Object.entries(answers).map(([status, answer]): [string, object] => {
    const { headers }: { headers?: object } = answer;
    return [status, { ...answer, headers: { ...headers, ...own } }];
  });
  return Object.fromEntries(entries);
}

/** The status of a request that does not name one event. */
export const waitStatuses = ({ waitForEvent }: Operation): number[] => (waitForEvent ? [400] : []);
