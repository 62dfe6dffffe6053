import { withoutAddressSecrets } from './address-secrets.ts';
import { withoutCredentials } from './credential-forms.ts';
import { withoutParameterSecrets } from './parameter-secrets.ts';
import { secretNames } from './secret-names.ts';

/**
 * Returns a function that gives a text, or a line of JSON, without the secrets that its form shows: credentials, those of
 * addresses, and the values of parameters whose names say that they are secret, or are among `names`.
 */
export function textSecretRemover(names: readonly string[] = []): (text: string) => string {
  const isSecret = secretNames(names);
  return (text) => withoutParameterSecrets(withoutAddressSecrets(withoutCredentials(text)), isSecret);
}

/** The same without further names. */
export const withoutTextSecrets = textSecretRemover();
