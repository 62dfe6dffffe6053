import { currentContext } from './context.ts';

/** The response header with the source and the id of the last event that a request published. */
export const EVENT_HEADER = 'Event-Id';

/** Names the event that the current work published last. */
export function setLastEvent(lastEvent: string): void {
  Object.assign(currentContext() ?? {}, { lastEvent });
}
