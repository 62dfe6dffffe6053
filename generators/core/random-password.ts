import { randomBytes } from 'node:crypto';

/**
 * The placeholder for the database password in everything that is rendered, compared and committed. Only the file `.env` gets
 * a random password when it is written, and keeps an existing one; `microservice-devkit` does the same in a clone.
 */
const placeholder = 'RANDOM_PASSWORD';

const secretFile = '.env';

const passwordOf = (text: string): string | undefined => /^DATABASE_PASSWORD=(.+?)\r?$/m.exec(text)?.[1];

/** Returns the file as rendered, without its password. */
export function withoutPassword(file: string, text: string): string {
  const password = file === secretFile ? passwordOf(text) : undefined;
  if (password === undefined) return text;
  return text
    .replace(`DATABASE_PASSWORD=${password}`, () => `DATABASE_PASSWORD=${placeholder}`)
    .replaceAll(`:${password}@`, () => `:${placeholder}@`);
}

/** Returns the file to write: with the password of the `present` file, else with a random one of 144 bits. */
export function withPassword(file: string, text: string, present: string | undefined): string {
  if (file !== secretFile) return text;
  const known = present === undefined ? undefined : passwordOf(present);
  const password = known && known !== placeholder ? known : randomBytes(18).toString('base64url');
  return text.replaceAll(placeholder, () => password);
}

/** Returns the mode of a new file: private for the file with the password, by umask for all others. */
export const modeOf = (file: string): number => (file === secretFile ? 0o600 : 0o666);
