/** Stands in `.env.example` for a password that is different in each copy of the repository. */
export const placeholder = 'RANDOM_PASSWORD';

/** `NAME=` and the value, as Node's `parseEnv` reads it: the quoted text, also of several lines, or the text before a comment. */
const variable = /^([^\S\r\n]*[^\s=#][^=\r\n]*=[^\S\r\n]*)("[^"]*"|'[^']*'|`[^`]*`|[^#\r\n]*)/gm;
const whole = new RegExp(`^(["'\`]?)${placeholder}(\\1\\s*)$`);
const ofAddress = new RegExp(`([a-z][a-z\\d+.-]*://[^\\s/?#@:]*:)${placeholder}(?=@)`, 'gi');

/** Replaces the placeholder with `password` where it is a whole value, or the password of an address in a value. */
export const fillPlaceholder = (text: string, password: string): string =>
  text.replace(variable, (_, name: string, value: string) => name + fill(value, password));

const fill = (value: string, password: string): string =>
  whole.test(value)
    ? value.replace(placeholder, password)
    : value.replaceAll(ofAddress, (_, before: string) => before + password);
