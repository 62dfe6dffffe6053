import path from 'node:path';
import type { StopMode } from '../../postgres/postgres.ts';

/** Prints a line about a server. */
export type Tell = (description: string) => void;

/** A server that `dev` found or started. */
export interface DevPart {
  /** The address for the user, and the owner of the server. */
  description: string;
  /** Resolves to the reason when the server is gone and cannot be replaced; otherwise never. */
  lost: Promise<string>;
  /** Stops a server that we started; does nothing to any other. Safe to repeat, to hurry a stop. */
  stop: (mode?: StopMode) => Promise<void>;
}

/** Never resolves. */
export const never = new Promise<never>(() => undefined);

/** A path relative to the folder in which `dev` runs. */
export function shownPath(directory: string): string {
  return path.relative(process.cwd(), directory) || '.';
}
