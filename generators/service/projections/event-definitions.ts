import type { Field } from '../model/answers.ts';
import { resourceNames } from '../model/names.ts';
import type { SagaEventView, SagaView } from '../model/saga-view.ts';
import type { ConsumedView, CopyView, ResourceView } from '../model/view.ts';

/** The definition of an event in the code of a service. */
export interface EventDefinitionView {
  type: string;
  version: number;
  /** `orderCreated` */
  name: string;
  /** The type of its aggregate: `order`. */
  aggregate: string;
  /** Its file in `src/events/`, without the ending: `order-events`. */
  file: string;
  /** All definitions of the file in `contracts.ts`: `orderEvents`. */
  group: string;
  /** The fields of the data, without the id, the times and those of sagas. */
  fields: Field[];
  /** The names of those that each event has. */
  required: string[];
  /** The members of the data besides the fields. */
  also: readonly ('id' | 'createdAt' | 'updatedAt' | 'requestId')[];
  removes: boolean;
  /** The service publishes it. */
  isOwn: boolean;
}

interface Views {
  resources: readonly ResourceView[];
  copies: readonly CopyView[];
  received: readonly ConsumedView[];
  sagas: readonly SagaView[];
}

/** Returns the definitions of all events that a service publishes or consumes, each in its newest version. */
export const definitionsOf = ({ resources, copies, received, sagas }: Views): EventDefinitionView[] => [
  ...resources.flatMap(definitionsOfResource),
  ...sagas.flatMap(definitionsOfSaga),
  ...[...copies, ...received].flatMap(definitionsConsumed),
];

const definitionsOfResource = ({ kebab, camel, shown, events }: ResourceView): EventDefinitionView[] =>
  events.flatMap(({ type, versions }) => {
    const newest = versions.at(-1);
    if (!newest) return [];
    const fields = newest.data === 'state' ? shown : newest.data === 'id' ? [] : newest.fields;
    const hasTimes = newest.data === 'state' || newest.isFrozenState;
    const required = fields.filter(({ optional }) => !optional).map(({ name }) => name);
    return [
      {
        ...{ type, version: newest.version, name: newest.name, aggregate: kebab, fields, required },
        also: hasTimes ? ['id', 'createdAt', 'updatedAt'] : ['id'],
        ...{
          file: `${kebab}-events`,
          group: `${camel}Events`,
          removes: type.endsWith('.deleted'),
          isOwn: true,
        },
      },
    ];
  });

function definitionsOfSaga({ kebab, camel, resource, steps, ends }: SagaView): EventDefinitionView[] {
  const define = ({ type, name }: SagaEventView, aggregate: string, fields: Field[]) => ({
    ...{ type, name, aggregate, fields, version: 1, removes: false },
    required: fields.map((field) => field.name),
  });
  return [
    ...steps.flatMap(({ requests, fields }) =>
      requests.map((event) => ({
        ...define(event, resource, fields),
        also: ['requestId'] as const,
        ...{ file: `${kebab}-requests`, group: `${camel}Requests`, isOwn: true },
      })),
    ),
    ...ends.map((event) => ({
      ...define(event, resource, []),
      also: ['id'] as const,
      ...{ file: `${kebab}-requests`, group: `${camel}Requests`, isOwn: true },
    })),
    ...steps.flatMap((step) =>
      step.replies.map((event) => ({
        ...define(event, step.kebab, [idOf(resource)]),
        also: ['requestId'] as const,
        ...{ file: `${kebab}-replies`, group: `${camel}Replies`, isOwn: false },
      })),
    ),
  ];
}

/** Each reply has the id of its saga, which is that of the resource. */
const idOf = (resource: string): Field => ({
  ...{ name: `${resourceNames(resource).camel}Id`, type: 'text' },
  ...{ unique: false, optional: false, index: false },
});

const definitionsConsumed = ({ kebab, camel, aggregate, events }: ConsumedView): EventDefinitionView[] =>
  events.map(({ type, version, name, removes, shape }) => ({
    ...{ type, version, name, removes, aggregate: aggregate.kebab, fields: shape.fields },
    also: ['id'],
    required: shape.required,
    ...{ file: `${kebab}-events`, group: `${camel}Events`, isOwn: false },
  }));
