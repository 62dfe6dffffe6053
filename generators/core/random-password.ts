import { randomBytes } from 'node:crypto';

/**
 * Stands for the password of the database in all that is rendered, compared and committed. Only the file `.env` gets a random
 * one as it is written, and keeps the one that it has; `microservice-devkit` does the same with a clone.
 */
const placeholder = 'RANDOM_PASSWORD';

const secretFile = '.env';

const passwordOf = (text: string): string | undefined => /^DATABASE_PASSWORD=(.+?)\r?$/m.exec(text)?.[1];

/** The file as it was rendered: without the password that it was given. */
export function withoutPassword(file: string, text: string): string {
  const password = file === secretFile ? passwordOf(text) : undefined;
  if (password === undefined) return text;
  return text
    .replace(`DATABASE_PASSWORD=${password}`, () => `DATABASE_PASSWORD=${placeholder}`)
    .replaceAll(`:${password}@`, () => `:${placeholder}@`);
}

/** The file as it is written: with the password of the one that is `present`, else with a random one of 144 bits. */
export function withPassword(file: string, text: string, present: string | undefined): string {
  if (file !== secretFile) return text;
  const known = present === undefined ? undefined : passwordOf(present);
  const password = known && known !== placeholder ? known : randomBytes(18).toString('base64url');
  return text.replaceAll(placeholder, () => password);
}

/** How a file is opened to others: the one with the password not at all, the rest as the umask says. */
export const modeOf = (file: string): number => (file === secretFile ? 0o600 : 0o666);
