import joi from 'joi';
import { defineEvent, uuidString } from 'microservice-runtime';
import { userSchema } from '../schemas/user-schema.ts';

const stream = { topic: 'user.events', aggregate: 'user' };

// Other services consume these events. You can add an optional field; any other change needs a new version.
export const userCreated = defineEvent({ ...stream, type: 'user.created', version: 1, schema: userSchema });
export const userUpdated = defineEvent({ ...stream, type: 'user.updated', version: 1, schema: userSchema });
export const userDeleted = defineEvent({
  ...stream,
  type: 'user.deleted',
  version: 1,
  schema: joi.object<{ id: string }>({ id: uuidString().required() }).label('UserDeleted'),
});
