import type { Code } from '../../rendering/code.ts';

/** Four values of one meaning: three for the rows of a seed, and one for examples, which clients send after seeding. */
export type Rows<Value> = readonly [Value, Value, Value, Value];

/** Sample values of one field. */
export interface Sample {
  /** JSON values for seeds and examples. */
  rows: Rows<unknown>;
  /** Source text of a value for tests; `n`, source text of a number, makes it distinct. */
  numbered: (n: string) => Code;
  /** Source text of a value that differs from every other one, for updates. */
  other: Code;
  /** Whether one value suits several rows. */
  isShared?: boolean;
}
