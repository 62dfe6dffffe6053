import path from 'node:path';

/** Returns a path as a user in the current folder would type it; `.` for that folder itself. */
export const shownPath = (file: string): string => path.relative(process.cwd(), file) || '.';
