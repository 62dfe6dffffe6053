import type { ConsumedEvent } from './model/answers.ts';
import type { Sibling } from '../output/place.ts';

/** What the questions of a service may look at. */
export interface ServiceContext {
  siblings: Sibling[];
  contractFiles: string[];
  /** Takes what the owner should know, a line each. */
  notes: string[];
  /** What siblings and contract files publish; read when it is needed. */
  publishedEvents(): Promise<ConsumedEvent[]>;
}
