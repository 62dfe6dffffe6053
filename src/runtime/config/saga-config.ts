import joi from 'joi';

/** How long the rows of sagas are kept, in ms. */
export interface SagaConfig {
  /** SAGA_RETENTION_DAYS: for a saga after its end. */
  retention: number;
  /** SAGA_REQUEST_RETENTION_DAYS: for a request of a saga after it, or its cancel, was last received. */
  requestRetention: number;
}

/** The validated variables of sagas. */
export interface SagaVariables {
  SAGA_RETENTION_DAYS: number;
  SAGA_REQUEST_RETENTION_DAYS: number;
}

const DAY = 24 * 60 * 60 * 1_000;
const defaultDays: SagaVariables = { SAGA_RETENTION_DAYS: 30, SAGA_REQUEST_RETENTION_DAYS: 90 };
/** The inbox keeps events for as long. */
const LEAST_DAYS = 7;
const MOST_DAYS = 36_500;

const days = (byDefault: number) =>
  joi.number().empty('').integer().min(LEAST_DAYS).max(MOST_DAYS).default(byDefault);

/** The rules for the variables of sagas. */
export const sagaVariables: joi.SchemaMap = {
  SAGA_RETENTION_DAYS: days(defaultDays.SAGA_RETENTION_DAYS),
  SAGA_REQUEST_RETENTION_DAYS: days(defaultDays.SAGA_REQUEST_RETENTION_DAYS),
};

/** Returns the settings; by default, those of an environment without these variables. */
export const sagaConfig = (variables: SagaVariables = defaultDays): SagaConfig => ({
  retention: variables.SAGA_RETENTION_DAYS * DAY,
  requestRetention: variables.SAGA_REQUEST_RETENTION_DAYS * DAY,
});
