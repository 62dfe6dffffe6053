import joi from 'joi';

/** The validated variables of idempotency keys. */
export interface IdempotencyVariables {
  IDEMPOTENCY_SECRET?: string;
}

/** The rules for the variables of idempotency keys. Whether a service needs them depends on its routes. */
export const idempotencyVariables: joi.SchemaMap = {
  IDEMPOTENCY_SECRET: joi
    .string()
    .empty('')
    .min(16)
    .messages({ 'string.min': 'must have at least 16 characters; generate it with openssl rand -hex 32' }),
};
