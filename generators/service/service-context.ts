import type { ConsumedEvent } from './model/answers.ts';
import type { ConvertOpenApi } from './clients/openapi-typescript.ts';
import type { Sibling } from '../output/place.ts';

/** The context that the questions of a service can read. */
export interface ServiceContext {
  siblings: Sibling[];
  contractFiles: string[];
  /** Collects notes to the owner, one per line. */
  notes: string[];
  /** Returns the published events of siblings and contract files; read on demand. */
  publishedEvents(): Promise<ConsumedEvent[]>;
  /** For tests; default: openapi-typescript, installed with npm. */
  convertOpenApi?: ConvertOpenApi;
}
