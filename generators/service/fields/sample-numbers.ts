import { code } from '../../rendering/code.ts';
import { text } from '../../rendering/writers.ts';
import type { Field } from '../model/answers.ts';
import type { Rows, Sample } from './sample.ts';

const isMoney = /(^|_)(price|amount|cost|fee|total|subtotal|balance|salary|budget|discount|tax|revenue)(_|$)/;

/** A number of this name in snake_case. */
export function integerSample(name: string): Sample {
  const sample = { other: code`7` };
  if (/(^|_)age$/.test(name)) return { ...sample, rows: [36, 45, 28, 51], numbered: (n) => code`20 + ${n}` };
  if (/(^|_)year$/.test(name))
    return { ...sample, rows: [2024, 2025, 2026, 2027], numbered: (n) => code`2000 + ${n}` };
  if (isMoney.test(name) || name.endsWith('cents'))
    return { ...sample, rows: [1999, 4950, 900, 2400], numbered: (n) => code`1000 + ${n}` };
  return { ...sample, rows: [1, 2, 3, 4], numbered: (n) => code`100 + ${n}` };
}

/** A float would round this bigint, so tests see that it is not one. */
export const bigintSample: Sample = {
  rows: ['1001', '1002', '1003', '1004'],
  numbered: (n) => code`String(9_007_199_254_740_993n + BigInt(${n}))`,
  other: code`'9007199254741995'`,
};

/** The tests create rows with numbers of at most this many digits. */
const NUMBER_DIGITS = 4;

/** A decimal of this name in snake_case, with as many digits after the point as its column answers. */
export function decimalSample(name: string, digits: Field['digits']): Sample {
  const { precision, scale } = digits ?? { precision: 200, scale: 2 };
  const before = precision - scale;
  if (before > NUMBER_DIGITS) return longDecimal(name, scale);
  if (scale >= NUMBER_DIGITS) return fraction(scale);
  return shortDecimal(precision, scale);
}

function longDecimal(name: string, scale: number): Sample {
  const rows: Rows<string> = isMoney.test(name)
    ? ['19.99', '49.50', '9.00', '24.00']
    : ['1.5', '2.25', '10', '3'];
  const sent = (value: string) => (scale < 2 ? withScale(value, scale) : value);
  const last = isMoney.test(name) || scale === 0 ? '9' : '';
  const end = withScale(isMoney.test(name) ? '.99' : '.25', scale);
  return {
    rows: [sent(rows[0]), sent(rows[1]), sent(rows[2]), sent(rows[3])],
    numbered: (n) => code`\`\${${n}}${last}${end}\``,
    other: text(withScale('24.5', scale)),
  };
}

/** Returns the number with this number of digits after the point. */
function withScale(value: string, scale: number): string {
  const [whole = '', fraction = ''] = value.split('.');
  return scale === 0 ? whole : `${whole}.${fraction.slice(0, scale).padEnd(scale, '0')}`;
}

/** A decimal with few digits before the point. */
function fraction(scale: number): Sample {
  const of = (n: number) => `0.${String(n).padStart(scale, '0')}`;
  return {
    rows: [of(1), of(2), of(3), of(4)],
    numbered: (n) => code`\`0.\${String(${n}).padStart(${scale}, '0')}\``,
    other: text(`0.${'9'.repeat(scale)}`),
  };
}

/** A decimal with few digits on both sides: its values repeat after a while. */
function shortDecimal(precision: number, scale: number): Sample {
  const [values, unit] = [10 ** precision, 10 ** scale];
  const of = (n: number) => (n / unit).toFixed(scale);
  return {
    rows: [of(1), of(2), of(3), of(4)],
    numbered: (n) => code`((${n} % ${values - 1}) / ${unit}).toFixed(${scale})`,
    other: text(of(values - 1)),
    ...(precision <= 2 && { isShared: true }),
  };
}
