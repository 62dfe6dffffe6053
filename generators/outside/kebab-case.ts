import { seen } from './seen.ts';

/** Kubernetes and DNS allow 63 characters; `-service`, hashes of replica sets and `_create_` in migrations take the rest. */
const longestName = 40;

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Names that a file on Windows cannot have, with any extension. */
const windowsDevices = new Set([
  'aux',
  'con',
  'nul',
  'prn',
  ...['com', 'lpt'].flatMap((port) => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `${port}${at}`)),
]);
/** Letters that Unicode does not decompose into an ASCII letter and an accent. */
const ligatures: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd' };

/** Returns `text` in kebab-case: `OrderLine` becomes `order-line`, and `Naïve` becomes `naive`. */
export const toKebab = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßæœøłđ]/gi, (letter) => ligatures[letter.toLowerCase()] ?? '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[-0-9]+|-+$/g, '');

/** Returns the end of a message that proposes `word`; empty without a word. */
export const suggestion = (word: string): string => (word === '' ? '' : ` (try "${word}")`);

/** Returns the reason why a service, a workspace or a resource cannot have this name; undefined if it can. */
export function kebabFault(name: string, what: string): string | undefined {
  if (name === '') return `${what} is empty`;
  if (!kebabCase.test(name)) {
    return `${seen(name)} is not kebab-case; use the letters a to z in lower case and digits, and join words with "-"${suggestion(toKebab(name))}`;
  }
  if (name.length > longestName)
    return `${seen(name)} has ${name.length} characters; the maximum is ${longestName}`;
  if (windowsDevices.has(name))
    return `"${name}" is a device name on Windows and cannot be a file name; choose another name`;
  return undefined;
}
