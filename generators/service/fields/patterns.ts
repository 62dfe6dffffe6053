import type { Field } from '../model/answers.ts';

/** The patterns of microservice-runtime's schemas, as its JSON Schemas state them. */
export const emailPattern =
  /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+$/
    .source;

export const urlPattern = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/([\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-fA-F]{2})+$/.source;

/** Without digits, a decimal has at most 100 of them on either side of the point. */
export function decimalPattern(digits: Field['digits'] = { precision: 200, scale: 100 }): string {
  const { precision, scale } = digits;
  const whole = precision - scale;
  const before = whole === 0 ? '0' : String.raw`(0|[1-9]\d{0,${whole - 1}})`;
  return `^-?${before}${scale === 0 ? '' : String.raw`(\.\d{1,${scale}})?`}$`;
}
