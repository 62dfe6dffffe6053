import { breakBracket } from './break-bracket.ts';
import { flat, only, type Around, type Bracket, type Part } from './parts.ts';
import { fits } from './width.ts';

/** Calls, as in `await a.b(c)` and `a(b).c(d).e()`. */
export function breakChain(parts: Part[], around: Around): string[] | undefined {
  const calls = parts.filter((part) => typeof part === 'object' && part.open === '(').length;
  if (calls >= 3) return breakLinks(parts, around);
  return calls === 1 ? breakCall(parts, around) : undefined;
}

/** A chain of three calls and more has each call on its own line, after the start of the chain. */
function breakLinks(parts: Part[], { indent, before, after, again }: Around): string[] | undefined {
  const links = linksOf(parts);
  if (!links) return undefined;
  const [head = '', ...others] = links;
  const last = others.length - 1;
  const lines = others.map((link, index) => {
    const line = `${indent}  ${link}${index === last ? after : ''}`;
    return fits(line) ? [line] : again(line);
  });
  return lines.every((each) => each !== undefined)
    ? [`${indent}${before}${head}`, ...lines.flat()]
    : undefined;
}

/** `joi.object(a).min(1)` becomes `joi`, `.object(a)` and `.min(1)`; `trx('a').first(b)` becomes `trx('a')` and `.first(b)`. */
function linksOf(parts: Part[]): string[] | undefined {
  const links: string[] = [];
  for (const part of parts) {
    if (typeof part === 'object' && links.length > 0) links.push(String(links.pop()) + flat([part]));
    else if (typeof part !== 'string') return undefined;
    else if (links.length > 0 && /^\.\w+$/.test(part)) links.push(part);
    else if (links.length === 0 && /^(?:await |return )?\w{3,}(?:\.\w+)?$/.test(part))
      links.push(...part.split(/(?=\.)/));
    else return undefined;
  }
  return links;
}

/** One call, whose last argument prettier keeps at its bracket if it is an object or an array. */
function breakCall(parts: Part[], around: Around): string[] | undefined {
  const { indent, before, after } = around;
  const at = parts.findIndex((part) => typeof part === 'object' && part.open === '(');
  const call = parts[at];
  const callee = parts.slice(0, at);
  if (typeof call !== 'object' || !/^(?:await |return )?\.?\w+(?:\.\w+)*(?:<.*>)?$/.test(flat(callee)))
    return undefined;
  const start = before + flat(callee);
  const rest = flat(parts.slice(at + 1));
  if (!/^(?:\.\w+)*$/.test(rest)) return undefined;
  if (isComposition(call)) return rest === '' ? hugArrow(call, { ...around, before: start }) : undefined;
  const last = only(call.items.at(-1) ?? [], '{[');
  const others = call.items.slice(0, -1).map((item) => `${flat(item)}, `);
  const hugged = `${start}(${others.join('')}`;
  return last && fits(`${indent}${hugged}${last.open}`)
    ? breakBracket(last, { ...around, before: hugged, after: `)${rest}${after}` })
    : breakBracket(call, { ...around, before: start, after: rest + after });
}

/** `on(a, (b) => c)`, whose function stays at the bracket and whose expression gets a line of its own. */
function hugArrow({ items }: Bracket, { indent, before, after }: Around): string[] | undefined {
  const args = items.map(flat);
  const [, head, body = ''] = /^(\([\w, ]*\) =>) ([^=>]*)$/.exec(args.at(-1) ?? '') ?? [];
  const others = args.slice(0, -1);
  if (head === undefined || !others.every((each) => /^\w+$/.test(each))) return undefined;
  const lines = [
    `${indent}${before}(${[...others, head].join(', ')}`,
    `${indent}  ${body},`,
    `${indent})${after}`,
  ];
  return lines.every(fits) ? lines : undefined;
}

/** Prettier has special rules for functions as arguments, and for adjacent objects. */
const isComposition = ({ items }: Bracket): boolean =>
  items.some((item) => flat(item).includes('=>')) ||
  items.slice(0, -1).some((item) => only(item, '{[') !== undefined);
