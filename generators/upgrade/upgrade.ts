import type { Parse } from '../merge/languages/syntax.ts';

/**
 * A change of the owner's own code that a new version of the runtime needs, and that a merge of the templates cannot make. `update` runs
 * those since the version of the service, once each, in the order of their numbers. docs/upgrading.md shows each before and after.
 */
export interface Upgrade {
  number: number;
  /** The first version whose runtime needs the change. */
  since: string;
  /** The change, for the report. */
  title: string;
  /** Returns the changed text; the same text if there is nothing to change, or if it does not parse. Safe to repeat. */
  change: (text: string, parse: Parse) => string;
}
