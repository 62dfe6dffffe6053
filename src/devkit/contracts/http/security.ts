import type { HttpOperation } from './http-contract.ts';

type Alternatives = HttpOperation['security'];
type Credentials = Alternatives[number];

/** Returns the difference in words if credentials that were sufficient no longer are; undefined if all still are. */
export function refusedCredentials(before: Alternatives, after: Alternatives): string | undefined {
  const refused = before.filter((given) => !after.some((needed) => isEnough(given, needed)));
  if (refused.length === 0) return undefined;
  return `callers need ${listed(after)}, and needed ${listed(before)}`;
}

const isEnough = (given: Credentials, needed: Credentials): boolean =>
  Object.entries(needed).every(
    ([scheme, scopes]) =>
      scopes.every((scope) => given[scheme]?.includes(scope)) && Object.hasOwn(given, scheme),
  );

const listed = (alternatives: Alternatives): string => alternatives.map(credentialsText).join(', or ');

const credentialsText = (credentials: Credentials): string =>
  Object.entries(credentials)
    .map(([scheme, scopes]) => (scopes.length === 0 ? scheme : `${scheme} with ${scopes.join(' ')}`))
    .join(' and ') || 'no credentials';
