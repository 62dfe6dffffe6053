import { configuration } from './configuration.ts';
import { domain } from './domain.ts';
import type { Edit } from './edit.ts';
import { events } from './events.ts';
import { files } from './files.ts';
import { http } from './http.ts';
import { layout } from './layout.ts';
import { tests } from './tests.ts';
import { wiring } from './wiring.ts';

/** All edits of the corpus. */
export const edits: readonly Edit[] = [
  wiring,
  http,
  domain,
  events,
  tests,
  configuration,
  layout,
  files,
].flat();
