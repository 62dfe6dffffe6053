import path from 'node:path';

/** A server that `dev` found or started. */
export interface DevPart {
  /** How the user reaches it, and whose it is. */
  description: string;
  /** Resolves to the reason when it is gone and cannot be had again; never otherwise. */
  lost: Promise<string>;
  /** Ends what we started; does nothing to what we found. */
  stop: () => Promise<void>;
}

/** Never resolves. */
export const never = new Promise<never>(() => undefined);

/** A path as the user reads it in the terminal where `dev` runs. */
export function shownPath(directory: string): string {
  return path.relative(process.cwd(), directory) || '.';
}
