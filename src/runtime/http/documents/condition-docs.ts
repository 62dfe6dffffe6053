import { tagListSchema } from '../requests/entity-tags.ts';
import type { Operation } from '../requests/route.ts';

/** Documents the conditional request headers of a route with entity tags. */
export function conditionParameters({ etag, method }: Operation): object[] {
  if (!etag || method === 'post') return [];
  const [name, description] =
    method === 'get'
      ? ['If-None-Match', 'Entity tags that the client has cached: 304 if the representation has one of them']
      : ['If-Match', 'Entity tags that the client has read: 412 if the representation has none of them'];
  // A GET treats any value that is not a list of tags as a tag that does not match.
  const schema = method === 'get' ? { type: 'string' } : tagListSchema;
  return [{ name, in: 'header', required: false, description, schema }];
}

const headers = {
  ETag: { description: 'The entity tag of the representation', schema: { type: 'string' } },
};

/** Returns the answers of a route with entity tags on those that have a body, and 304 where it applies. */
export function taggedAnswers(
  { etag, method }: Operation,
  answers: Record<string, object>,
): Record<string, object> {
  if (!etag) return answers;
  const tagged = Object.entries(answers).map(([status, answer]) => [
    status,
    'content' in answer ? { ...answer, headers } : answer,
  ]);
  const known =
    method === 'get' ? { 304: { description: 'The client already has this representation', headers } } : {};
  const documented: Record<string, object> = Object.fromEntries([...tagged, ...Object.entries(known)]);
  return documented;
}

/** The status of a failed precondition, if the route accepts one. */
export function conditionStatuses({ etag, method }: Operation): number[] {
  return etag && method !== 'get' && method !== 'post' ? [400, 412] : [];
}
