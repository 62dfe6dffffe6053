import path from 'node:path';

/** A path as a person in the current folder would type it; `.` for that folder itself. */
export const shownPath = (file: string): string => path.relative(process.cwd(), file) || '.';
