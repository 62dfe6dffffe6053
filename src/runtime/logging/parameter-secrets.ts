import { HIDDEN, type IsSecret } from './secret-names.ts';

/** `=`, also encoded once or more, since an address may be a parameter of another one. */
const signs = /=|%(?:25)*3d/gi;
/**
 * The text between a name and a value in JSON and in Node's `inspect`; in a line of JSON, both appear only inside a string.
 */
const colons = /(?:\\{1,15}"|')?: ?(?=\\{1,15}"|')|\\{1,15}": ?(?=\d)/g;
const nameCharacter = /[\w.%[\]$~-]/;
const LONGEST = 100;
/** How often a name is decoded, for an address inside an address. */
const ENCODED = 3;
/** In single quotes, in quotes that JSON escapes, or up to a space, the end of a parameter, a quote, or an escape of JSON. */
const unit = String.raw`(?:[^\s"\\&;#]|\\\\|\\(?=[^"\\/bfnrtu]))`;
const plainValue = new RegExp(String.raw`'[^'"]*'|\\+"[^"]*"(?<=\\")|(?:\\+")?${unit}*`, 'y');
const quotedValue = new RegExp(String.raw`\d[\d.]*|${plainValue.source}`, 'y');
const encodedValue = new RegExp(`(?:(?!%(?:25)*(?:26|23|3b))${unit})*`, 'iy');
const nothing = /^(?:true|false|null|undefined)$/;

/**
 * Removes the values of parameters with secret names from a text or a line of JSON: `?access_token=[Redacted]`. Works in
 * relative addresses, forms, settings and quoted JSON. Takes time proportional to the length.
 */
export function withoutParameterSecrets(text: string, isSecret: IsSecret): string {
  const assigned = withoutValues(text, isSecret, colons, hasColons(text));
  return withoutValues(assigned, isSecret, signs, assigned.includes('=') || assigned.includes('%'));
}

/** A backslash is rare and quickly found. */
const hasColons = (text: string) => (text.includes('\\') && text.includes('\\":')) || text.includes(" '");

function withoutValues(text: string, isSecret: IsSecret, pattern: RegExp, isThere: boolean): string {
  if (!isThere) return text;
  let shown = '';
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(pattern)) {
    if (index < from) continue; // inside a hidden value
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

/** Returns the decoded name that ends at `end`: of `next=/callback?access%5Ftoken`, the last one. */
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

/** A number or an empty value means the same in a text as in a field. */
function meaning(value: string): unknown {
  if (nothing.test(value)) return null;
  return /^\d+$/.test(value) ? Number(value) : value;
}
