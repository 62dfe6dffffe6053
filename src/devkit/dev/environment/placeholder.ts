/** Stands in `.env.example` for a password that each copy of the repository has of its own. */
export const placeholder = 'RANDOM_PASSWORD';

/** `NAME=`, then the value: what stands between quotes, on several lines too, or up to a comment (as Node's `parseEnv` reads it). */
const variable = /^([^\S\r\n]*[^\s=#][^=\r\n]*=[^\S\r\n]*)("[^"]*"|'[^']*'|`[^`]*`|[^#\r\n]*)/gm;
const whole = new RegExp(`^(["'\`]?)${placeholder}(\\1\\s*)$`);
const ofAddress = new RegExp(`([a-z][a-z\\d+.-]*://[^\\s/?#@:]*:)${placeholder}(?=@)`, 'gi');

/** The text of a file of variables, with `password` where a value, or the password of an address in one, is the placeholder. */
export const fillPlaceholder = (text: string, password: string): string =>
  text.replace(variable, (_, name: string, value: string) => name + fill(value, password));

const fill = (value: string, password: string): string =>
  whole.test(value)
    ? value.replace(placeholder, password)
    : value.replaceAll(ofAddress, (_, before: string) => before + password);
