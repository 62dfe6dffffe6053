import joi from 'joi';
import { defineEvent, type FieldSchemas } from 'microservice-runtime';

// This service's own definitions of events that user-service documents in its asyncapi.json. Delete the fields that you
// do not need: a consumer drops fields that it does not know.

export interface UserData {
  id?: string;
  email: string;
  name: string;
  age?: number | null;
  active: boolean;
}

const userData = joi
  .object<UserData>({
    id: joi.string(),
    email: joi.string().allow('').required(),
    name: joi.string().allow('').required(),
    age: joi.number().integer().allow(null),
    active: joi.boolean().required(),
  } satisfies FieldSchemas<UserData>)
  .label('UserData');

export interface UserDeletedData {
  id?: string;
}

const userDeletedData = joi
  .object<UserDeletedData>({
    id: joi.string(),
  } satisfies FieldSchemas<UserDeletedData>)
  .label('UserDeletedData');

const stream = { topic: 'user.events', aggregate: 'user' };

export const userCreated = defineEvent({ ...stream, type: 'user.created', version: 1, schema: userData });

export const userUpdated = defineEvent({ ...stream, type: 'user.updated', version: 1, schema: userData });

export const userDeleted = defineEvent({
  ...stream,
  type: 'user.deleted',
  version: 1,
  schema: userDeletedData,
});
