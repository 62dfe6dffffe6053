import { HIDDEN, type IsSecret } from './secret-names.ts';

/** `=`, also encoded once or more: an address may be the parameter of another one. */
const signs = /=|%(?:25)*3d/gi;
/** Between a name and a value as JSON and Node's `inspect` write them; in a line of JSON both stand in a text alone. */
const colons = /(?:\\{1,15}"|')?: ?(?=\\{1,15}"|')|\\{1,15}": ?(?=\d)/g;
const nameCharacter = /[\w.%[\]$~-]/;
const LONGEST = 100;
/** Times that a name is decoded: one in an address in an address. */
const ENCODED = 3;
/** In single quotes, in quotes that JSON escapes, or up to a space, an end of a parameter, a quote, or an escape of JSON. */
const unit = String.raw`(?:[^\s"\\&;#]|\\\\|\\(?=[^"\\/bfnrtu]))`;
const plainValue = new RegExp(String.raw`'[^'"]*'|\\+"[^"]*"(?<=\\")|(?:\\+")?${unit}*`, 'y');
const quotedValue = new RegExp(String.raw`\d[\d.]*|${plainValue.source}`, 'y');
const encodedValue = new RegExp(`(?:(?!%(?:25)*(?:26|23|3b))${unit})*`, 'iy');
const nothing = /^(?:true|false|null|undefined)$/;

/**
 * A text, or a line of JSON, without the values of parameters whose names are secret: `?access_token=[Redacted]`, in relative
 * addresses, forms, settings and quoted JSON alike. It takes time in proportion to the length.
 */
export function withoutParameterSecrets(text: string, isSecret: IsSecret): string {
  const assigned = withoutValues(text, isSecret, colons, hasColons(text));
  return withoutValues(assigned, isSecret, signs, assigned.includes('=') || assigned.includes('%'));
}

/** A backslash is rare, and found fast. */
const hasColons = (text: string) => (text.includes('\\') && text.includes('\\":')) || text.includes(" '");

function withoutValues(text: string, isSecret: IsSecret, pattern: RegExp, isThere: boolean): string {
  if (!isThere) return text;
  let shown = '';
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(pattern)) {
    if (index < from) continue; // within a value that is hidden
    const start = index + sign.length;
    const name = nameBefore(text, index);
    if (name === '' || !isSecret(name, sign)) continue;
    const value = valueAt(text, start, valueAfter(sign));
    if (value === '' || !isSecret(name, meaning(value))) continue;
    shown += text.slice(from, start) + HIDDEN;
    from = start + value.length;
  }
  return shown + text.slice(from);
}

/** The name that ends at `end`, decoded: of `next=/callback?access%5Ftoken` the last one. */
function nameBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < LONGEST && nameCharacter.test(text[start - 1] ?? '')) start -= 1;
  if (text[start - 1] === '\\') start += text[start] === 'u' ? 5 : 1; // the rest of an escape of JSON, such as \n
  const name = decoded(text.slice(start, Math.max(start, end)));
  return name.split(/[?&;#=/]/).at(-1) ?? '';
}

function decoded(name: string): string {
  let plain = name;
  for (let times = 0; times < ENCODED && plain.includes('%'); times += 1) {
    try {
      plain = decodeURIComponent(plain);
    } catch {
      break;
    }
  }
  return plain;
}

function valueAfter(sign: string): RegExp {
  if (sign === '=') return plainValue;
  return sign.startsWith('%') ? encodedValue : quotedValue;
}

function valueAt(text: string, start: number, pattern: RegExp): string {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? '';
}

/** A number, or that there is nothing, says as much in a text as in a field. */
function meaning(value: string): unknown {
  if (nothing.test(value)) return null;
  return /^\d+$/.test(value) ? Number(value) : value;
}
