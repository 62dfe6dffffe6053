import path from 'node:path';

/** A server that `dev` found or started. */
export interface DevPart {
  /** The address for the user, and the owner of the server. */
  description: string;
  /** Resolves to the reason when the server is gone and cannot be replaced; otherwise never. */
  lost: Promise<string>;
  /** Stops a server that we started; does nothing to any other. */
  stop: () => Promise<void>;
}

/** Never resolves. */
export const never = new Promise<never>(() => undefined);

/** A path relative to the folder in which `dev` runs. */
export function shownPath(directory: string): string {
  return path.relative(process.cwd(), directory) || '.';
}
