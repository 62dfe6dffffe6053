import type { Move, Pending } from '../merge/plan.ts';
import type { Ask, GivenFlag } from '../questions/question.ts';
import type { Upgrade } from '../upgrade/upgrade.ts';
import type { Remembered } from './yo-rc.ts';

/** The options with which the command was called. */
export interface Call {
  cwd: string;
  /** The words after the generator. */
  words: readonly string[];
  given: GivenFlag[];
  yes: boolean;
  dryRun: boolean;
  force: boolean;
  /** Print one JSON document instead of the report. */
  json: boolean;
  /** Only report whether a run would change a file. Such a call is a dry run. */
  check: boolean;
  /** Absent without a terminal. */
  ask?: Ask | undefined;
}

/** A command that runs in the generated folder after the files are written. */
export interface Step {
  program: string;
  args: string[];
  /** Variables of its environment, besides those of this process. */
  environment?: Record<string, string> | undefined;
  /** The flag that skips the step. */
  unless: string;
  /** The paths that the command creates in the folder. */
  writes: string[];
}

/** The files and steps that a generator has planned, before it writes any file. */
export interface Work {
  folder: string;
  /** The workspace that contains the folder, or is the folder. */
  workspace?: string | undefined;
  /** The version of the generator that has written the folder before; undefined for a new folder. */
  versionBefore?: string | undefined;
  files: Map<string, string>;
  /** Returns the paths of the lists in a file whose elements are a union in a merge. */
  lists?: ((file: string) => readonly string[]) | undefined;
  /** Returns the paths of the lists in a file whose new elements register a part. */
  registrations?: ((file: string) => readonly string[]) | undefined;
  /** The registrations that earlier runs could not make. */
  pending?: Pending | undefined;
  /** The changes of the owner's own code that the version of this run needs. */
  upgrades?: readonly Upgrade[] | undefined;
  /** The files whose paths changed in the templates. */
  moves?: readonly Move[] | undefined;
  remembered: Remembered;
  /** Notes to the owner, one per line. */
  notes: string[];
  steps: Step[];
  /** The next steps for the owner, one per line. */
  next: string[];
}
