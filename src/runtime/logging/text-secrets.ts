import { withoutAddressSecrets } from './address-secrets.ts';
import { withoutCredentials } from './credential-forms.ts';
import { withoutParameterSecrets } from './parameter-secrets.ts';
import { secretNames } from './secret-names.ts';

/**
 * Returns a function that removes recognizable secrets from a text or a line of JSON: credentials, passwords of addresses,
 * and values of parameters whose names are secret or in `names`.
 */
export function textSecretRemover(names: readonly string[] = []): (text: string) => string {
  const isSecret = secretNames(names);
  return (text) => withoutParameterSecrets(withoutAddressSecrets(withoutCredentials(text)), isSecret);
}

/** Removes secrets without additional names. */
export const withoutTextSecrets = textSecretRemover();
