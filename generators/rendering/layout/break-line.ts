import { breakChain } from './break-chain.ts';
import { breakBracket } from './break-bracket.ts';
import { flat, only, partsOf, type Around, type Bracket, type Part } from './parts.ts';
import { fits, overflows, printWidth } from './width.ts';

/** Returns the lines into which prettier breaks `line`, which is too long; undefined if no rule here covers it with certainty. */
export function breakLine(line: string): string[] | undefined {
  if (!overflows(line)) return undefined;
  const [, indent = '', content = '', after = ''] = /^( *)(.*?)( => \{| =>| \{|[;,]?)$/.exec(line) ?? [];
  const parts = partsOf(content);
  if (!parts || flat(parts) !== content) return undefined;
  const around = { indent, before: '', after, again: breakLine };
  const [, loop, body] = /^(for \(const \w+ of \[[^[\]]*\]\)) (.+)$/.exec(content) ?? [];
  if (loop !== undefined) {
    const line = `${indent}  ${body}${after}`;
    const broken = fits(line) ? [line] : breakLine(line);
    return broken && [`${indent}${loop}`, ...broken];
  }
  if (content.startsWith('import ')) return breakImport(parts, around);
  const opened = after.endsWith('{') || after.endsWith('=>');
  const lines = opened ? breakParameters(parts, around) : breakStatement(parts, around);
  return lines?.every(fits) ? lines : undefined;
}

/** `import { a, b } from 'c'`. */
function breakImport([start, names, end]: Part[], around: Around): string[] | undefined {
  if (typeof start !== 'string' || typeof names !== 'object' || typeof end !== 'string') return undefined;
  return breakBracket(names, { ...around, before: start, after: end + around.after });
}

/** The head of a function whose body follows on the next lines. */
function breakParameters(parts: Part[], around: Around): string[] | undefined {
  const at = parts.findIndex((part) => typeof part === 'object' && part.open === '(');
  const parameters = parts[at];
  if (
    typeof parameters !== 'object' ||
    !/^(?:export function \w+|\w+: (?:async )?)$/.test(flat(parts.slice(0, at)))
  )
    return undefined;
  const rest = flat(parts.slice(at + 1)) + around.after;
  const [destructured, ...type] = parameters.items.length === 1 ? (parameters.items[0] ?? []) : [];
  const start = flat(parts.slice(0, at));
  if (typeof destructured === 'object' && destructured.open === '{')
    return breakBracket(destructured, { ...around, before: `${start}(`, after: `${flat(type)})${rest}` });
  return breakBracket(parameters, { ...around, before: start, after: rest });
}

/** A declaration, a property or an expression. */
function breakStatement(parts: Part[], around: Around): string[] | undefined {
  const { indent, after } = around;
  const [first = '', ...others] = parts;
  const declared = declaration(parts);
  if (declared) return breakDeclaration(declared, around);
  const [, key = '', value = ''] = (typeof first === 'string' && /^(\w+: )(.*)$/s.exec(first)) || [];
  const rest = value === '' ? others : [value, ...others];
  const isText = others.length === 0 && /^['"]/.test(value);
  if (key !== '' && (isText || isPoorlyBreakable(rest)))
    return isLongKey(key) ? [`${indent}${key.trimEnd()}`, `${indent}  ${flat(rest)}${after}`] : undefined;
  if (key !== '') return breakValue(rest, { ...around, before: key });
  return breakExpression(parts, around);
}

/**
 * Prettier never breaks after the colon of a name shorter than 5 letters:
 * https://github.com/prettier/prettier/blob/3.6/src/language-js/print/assignment.js (isObjectPropertyWithShortKey)
 */
const isLongKey = (key: string) => key.length >= 'abcde: '.length;

interface Declaration {
  start: string;
  target: Part[];
  value: Part[];
}

/** Splits `export const a = b` into its parts. */
function declaration(parts: Part[]): Declaration | undefined {
  const [first, ...others] = parts;
  const [, start = '', rest = ''] =
    (typeof first === 'string' && /^((?:export )?const )(.*)$/s.exec(first)) || [];
  if (start === '') return undefined;
  const all = rest === '' ? others : [rest, ...others];
  const at = all.findIndex((part) => typeof part === 'string' && part.includes(' = '));
  const between = all[at];
  if (typeof between !== 'string') return undefined;
  const [left = '', right = ''] = between.split(/ = (.*)/s);
  const target = [...all.slice(0, at), ...(left === '' ? [] : [left])];
  return { start, target, value: [...(right === '' ? [] : [right]), ...all.slice(at + 1)] };
}

function breakDeclaration({ start, target, value }: Declaration, around: Around): string[] | undefined {
  const { indent, after } = around;
  const name = `${start}${flat(target)}`;
  const pattern = only(target, '{');
  const isPoor = isPoorlyBreakable(value);
  if (pattern && pattern.items.length > 2 && (isPoor || /^\w+$/.test(flat(value))))
    return breakBracket(pattern, { ...around, before: start, after: ` = ${flat(value)}${after}` });
  if (isPoor) return pattern ? undefined : [`${indent}${name} =`, `${indent}  ${flat(value)}${after}`];
  return breakValue(value, { ...around, before: `${name} = ` });
}

/** A name, a number or a text. */
const lone = /^(?:\w+|-?[\d_.]+(?:e-?\d+)?|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")$/;

/**
 * Calls with at most one short argument each, of which prettier leaves together at most two. An argument is short up to a quarter
 * of the width: https://github.com/prettier/prettier/blob/3.6/src/language-js/print/assignment.js (isLoneShortArgument)
 */
function isPoorlyBreakable(parts: Part[]): boolean {
  const calls = parts.filter((part): part is Bracket => typeof part === 'object');
  const names = parts.filter((part) => typeof part === 'string');
  const isShort = ({ open, items }: Bracket) =>
    open === '(' &&
    (items.length === 0 ||
      (items.length === 1 &&
        lone.test(flat(items[0] ?? [])) &&
        flat(items[0] ?? []).length <= printWidth / 4));
  return (
    calls.length > 0 &&
    calls.length <= 2 &&
    calls.every(isShort) &&
    names.every((name) => /^\.?\w+(?:\.\w+)*$/.test(name))
  );
}

/** An arrow function, or another expression. */
function breakValue(parts: Part[], around: Around): string[] | undefined {
  const at = parts.findIndex((part) => typeof part === 'string' && part.includes('=>'));
  const arrow = parts[at];
  if (typeof arrow !== 'string') return breakExpression(parts, around);
  const [left = '', right = ''] = arrow.split(/ => ?(.*)/s);
  const head = flat([...parts.slice(0, at), left]);
  const body = [...(right === '' ? [] : [right]), ...parts.slice(at + 1)];
  if (flat(body).includes('=>') || !/^(?:async )?\(/.test(head)) return undefined;
  return breakArrow(head, body, around);
}

function breakArrow(head: string, body: Part[], around: Around): string[] | undefined {
  const { indent, before, after } = around;
  const group = only(body, '(');
  const object = group?.items.length === 1 && only(group.items[0] ?? [], '{');
  if (object) return breakBracket(object, { ...around, before: `${before}${head} => (`, after: `)${after}` });
  if (group || only(body, '{[')) return undefined;
  const start = `${indent}${before}${head} =>`;
  const line = `${indent}  ${flat(body)}${after}`;
  const rest = fits(line) ? [line] : breakExpression(body, { ...around, indent: `${indent}  `, before: '' });
  return fits(start) && rest ? [start, ...rest] : undefined;
}

/** An object, an array or calls. */
function breakExpression(parts: Part[], around: Around): string[] | undefined {
  const literal = only(parts, '{[');
  return literal ? breakBracket(literal, around) : breakChain(parts, around);
}
