import path from 'node:path';

/** Returns a path as a user in the current folder would type it; `.` for that folder itself. */
export const shownPath = (file: string): string => path.relative(process.cwd(), file) || '.';

/** Returns a folder as a message names it: like `shownPath`, but the current folder by its own name. */
export const shownFolder = (folder: string): string =>
  path.relative(process.cwd(), folder) || path.basename(folder);
