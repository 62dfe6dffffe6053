/** Words that say it wherever they stand: `hashedPassword`, `apikey`. */
const parts = /password|passwd|passphrase|passcode|api_?key/;
/** Words that say it on their own, and not within another one: `pin`, not `shipping`. */
const words =
  /(^|_)(secrets?|tokens?|hash|salt|pwd|pin|ssn|cvv|cvc|otp|credentials?|(private|access)_key|social_security_number)(_|$)/;

/** Whether a field of this camelCase name is likely to hold what nobody outside of the service may see. */
export function looksSecret(name: string): boolean {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return parts.test(snake) || words.test(snake);
}
