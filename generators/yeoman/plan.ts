import type { Call, Work } from '../output/work.ts';
import type { Remembered } from '../output/yo-rc.ts';

/** The folder that a generator writes. */
export interface Target<Context> {
  folder: string;
  /** The state that an earlier run stored in the folder. */
  before: Remembered | undefined;
  context: Context;
}

/** The call, and the answers of an earlier run in the folder. */
export interface CallWithMemory<Answers> extends Call {
  stored: Partial<Answers>;
  /** The answers before a killed run, which this run has finished. */
  beforeKilled?: Partial<Answers> | undefined;
}

/** The files and the state that a generator plans for its folder. */
export interface Plan {
  /** Every file, formatted: path (with `/`) to text. */
  files: Map<string, string>;
  /** Returns the paths of the lists in a file whose elements are a union in a merge. */
  lists?: Work['lists'];
  /** Returns the paths of the lists in a file whose new elements register a part. */
  registrations?: Work['registrations'];
  /** The changes of the owner's own code that this version needs. */
  upgrades?: Work['upgrades'];
  /** The files whose paths changed in the templates. */
  moves?: Work['moves'];
  /** The state to store in `.yo-rc.json`. */
  remembered: Pick<Remembered, 'answers' | 'tables'>;
  /** Notes to the owner, one per line. */
  notes?: string[];
}
