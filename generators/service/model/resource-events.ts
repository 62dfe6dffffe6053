import { resourceNames } from './names.ts';

/** An event that a service publishes about one of its resources. */
export interface ResourceEvent {
  /** `user.created` */
  type: string;
  version: number;
  /** The name of its definition in the code: `userCreated`. */
  name: string;
  /** `UserCreated` */
  pascal: string;
  /** The method of the publisher: `created`. */
  method: string;
  /** The method of the service that publishes it, in the transaction of its change. */
  after: 'create' | 'update' | 'remove';
  /** Its data: the resource as clients see it, or only its id. */
  data: 'state' | 'id';
}

const facts = [
  { method: 'created', after: 'create', data: 'state' },
  { method: 'updated', after: 'update', data: 'state' },
  { method: 'deleted', after: 'remove', data: 'id' },
] as const;

/** Returns the events of the resource with this kebab-case name, in the order of the generated code. */
export function resourceEvents(resource: string): ResourceEvent[] {
  return facts.map((fact) => {
    const { camel, pascal } = resourceNames(`${resource}-${fact.method}`);
    return { ...fact, type: `${resource}.${fact.method}`, version: 1, name: camel, pascal };
  });
}
