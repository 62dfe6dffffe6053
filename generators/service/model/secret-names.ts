/** Words that mean a secret anywhere in a name: `hashedPassword`, `apikey`. */
const parts = /password|passwd|passphrase|passcode|api_?key/;
/** Words that mean a secret on their own, but not within another word: `pin`, not `shipping`. */
const words =
  /(^|_)(secrets?|tokens?|hash|salt|pwd|pin|ssn|cvv|cvc|otp|credentials?|(private|access)_key|social_security_number)(_|$)/;

/** Reports whether a field with this camelCase name is likely to contain a secret, which must not leave the service. */
export function looksSecret(name: string): boolean {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return parts.test(snake) || words.test(snake);
}
