import { MAX_DEPTH, type JsonFault } from './json-faults.ts';

/** Sixteen digits in a row, or an exponent. Without either, a number has few enough digits for any double. */
const suspicious = /[\d.]{16}|\d[eE][+-]?\d/;
const numberToken = /-?\d[\d.eE+-]*/y;

/** An array or object that is open at a position in the text, and the position in it. */
interface Frame {
  isArray: boolean;
  at: string | number;
  /** Whether the next string is a property name. */
  expectsName: boolean;
}

/**
 * Returns the numbers in a JSON text that JSON.parse cannot represent: their digits exceed the precision or range of a double
 * (IEEE 754 binary64), so 9007199254740993 would become 9007199254740992, and 1e400 null. RFC 7493 (I-JSON), section 2.2,
 * asks senders to use a string instead. Stops after `most`. The result for a text that is not JSON has no meaning.
 */
export function inexactNumbers(text: string, most: number): JsonFault[] {
  if (!suspicious.test(text)) return [];
  const faults: JsonFault[] = [];
  const frames: Frame[] = [];
  for (let at = 0; at < text.length && faults.length < most;) {
    const character = text[at]!;
    if (character === '"') at = passString(text, at, frames.at(-1));
    else if (character === '-' || (character >= '0' && character <= '9')) {
      const token = tokenAt(text, at);
      if (!isExact(token)) faults.push({ path: pathOf(frames), message: messageFor(token) });
      at += token.length;
    } else {
      passStructure(character, frames);
      at += 1;
    }
  }
  return faults;
}

/** Deeper levels are refused anyway, and a text may open a level with each character. */
const pathOf = (frames: Frame[]) => frames.slice(0, MAX_DEPTH).map(({ at }) => at);

function passStructure(character: string, frames: Frame[]): void {
  const frame = frames.at(-1);
  if (character === '{') frames.push({ isArray: false, at: '', expectsName: true });
  else if (character === '[') frames.push({ isArray: true, at: 0, expectsName: false });
  else if (character === '}' || character === ']') frames.pop();
  else if (character === ',' && frame?.isArray) frame.at = Number(frame.at) + 1;
  else if (character === ',' && frame) frame.expectsName = true;
}

/** Returns the position after the string at `start`; a property name becomes the path element of its value. */
function passString(text: string, start: number, frame: Frame | undefined): number {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  if (frame?.expectsName) {
    frame.at = readName(text.slice(start, end + 1));
    frame.expectsName = false;
  }
  return end + 1;
}

function readName(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

function tokenAt(text: string, at: number): string {
  numberToken.lastIndex = at;
  return numberToken.exec(text)?.[0] ?? text[at]!;
}

/** Many languages write a fraction with 17 digits, which identify every double: C's `%.17g`. */
function isExact(token: string): boolean {
  const value = Number(token);
  if (Number.isNaN(value)) return true;
  if (!Number.isFinite(value)) return false;
  const digits = canonical(token);
  return (
    digits === canonical(String(value)) ||
    (!Number.isInteger(value) && digits === canonical(value.toPrecision(17)))
  );
}

/**
 * Returns the digits of a decimal number without leading and trailing zeros, and their power of ten: equal for equal numbers.
 */
function canonical(token: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const digits = whole + fraction;
  let [from, to] = [0, digits.length];
  while (from < to && digits[from] === '0') from += 1;
  while (to > from && digits[to - 1] === '0') to -= 1;
  if (from === to) return '0';
  return `${sign}${digits.slice(from, to)}e${Number(power) - fraction.length + (digits.length - to)}`;
}

const messageFor = (token: string) =>
  `must be a number that an IEEE 754 double represents exactly; send ${shortenedNumber(token)} as a string`;

const shortenedNumber = (token: string) => (token.length > 40 ? `${token.slice(0, 37)}...` : token);
