export type { AuthConfig } from './config/auth-config.ts';
export { ConfigError } from './config/config-error.ts';
export type { KafkaConfig } from './config/kafka-config.ts';
export type { OAuthBearerProvider, OAuthBearerToken } from './config/kafka-login.ts';
export { readEnvironment } from './config/read-environment.ts';
export type { ServiceConfig } from './config/service-config.ts';
export { currentContext, currentPrincipal, runInContext, type Context } from './context/context.ts';
export type { Principal } from './context/principal.ts';
export {
  childTraceparent,
  newTraceparent,
  parseTraceparent,
  type Traceparent,
} from './context/traceparent.ts';
export {
  asyncApiDocument,
  type AsyncApiDocument,
  type AsyncApiInput,
} from './contracts/async-api-document.ts';
export { conflictOn } from './database/conflict.ts';
export { pageFinder } from './database/page-finder.ts';
export { connectDatabase, databasePart, type DatabaseConfig, type RowFormat } from './database/database.ts';
export { jsonText } from './database/rows/json-text.ts';
export { DatabaseConnectionError } from './database/connection-error.ts';
export {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  PreconditionFailedError,
  TooManyRequestsError,
  UnauthorizedError,
  UnavailableError,
  type FieldError,
  type Precondition,
} from './errors.ts';
export { decodeEvent, encodeEvent } from './events/event/cloud-events.ts';
export { EventDataError, serializeData } from './events/event/data.ts';
export { type KafkaDriver } from './events/kafka/driver.ts';
export { createKafkaDriver } from './events/kafka/create-driver.ts';
export { startParts, stopParts, type Part } from './lifecycle/part.ts';
export { run, type RunOptions, type Service } from './lifecycle/run.ts';
export type { CommandCall } from './service/own-commands.ts';
export { createLogger, type Logger } from './logging/logger.ts';
export {
  bigintString,
  dateString,
  decimalString,
  emailString,
  jsonValue,
  textString,
  timestampString,
  urlString,
  uuidString,
} from './schemas/fields.ts';
export { type FieldSchemas } from './schemas/field-schemas.ts';
export { keysOf } from './schemas/keys.ts';
export { toJsonSchema, type JsonSchema } from './schemas/json-schema.ts';
export { pageQuerySchema, pageSchemaOf, toPage, type Page, type PageQuery } from './schemas/page.ts';
export type { Position, SortedPosition } from './schemas/position.ts';
export { querySchemaOf, type QueryOf } from './schemas/query.ts';
export {
  defineEvent,
  type EventDefinition,
  type EventSettings,
  type Upcast,
  type EventContracts,
  type EventVersions,
  type NewEvent,
  type ReceivedEvent,
} from './events/event/definition.ts';
export type {
  BatchHandler,
  EffectHandler,
  EventHandler,
  Tombstone,
  TombstoneHandler,
} from './events/handling/handler.ts';
export type { ConsumerSettings } from './events/handling/settings.ts';
export {
  createEventBus,
  type EventBus,
  type EventBusOptions,
  type EventBusStatus,
} from './events/event-bus.ts';
export type {
  EffectSubscription,
  NamedSubscription,
  Subscription,
  SubscriptionStart,
} from './events/subscriptions/subscription.ts';
export {
  defineProjection,
  type ProjectionBatchHandler,
  type ProjectionDefinition,
  type ProjectionHandler,
  type ProjectionSettings,
  type ProjectionTransaction,
} from './projections/definition/projection.ts';
export type { AddProjection } from './projections/running/projections.ts';
export type { Projection } from './projections/running/reader.ts';
export { reply, type Reply, type ReplySettings, type SagaEvent } from './sagas/definition/reply.ts';
export {
  defineSaga,
  type EndEvents,
  type SagaDefinition,
  type SagaSettings,
} from './sagas/definition/saga.ts';
export { startedBy, type SagaStart, type StartSettings } from './sagas/definition/start.ts';
export {
  all,
  step,
  type CompensationSettings,
  type Duration,
  type RequestIds,
  type SagaStage,
  type StepSettings,
} from './sagas/definition/step.ts';
export {
  addParticipant,
  type CancelSettings,
  type ParticipantBus,
  type ParticipantSettings,
  type RequestAnswer,
  type RequestData,
} from './sagas/participant/participant.ts';
export { sagaScenario, type Scenario, type ScenarioInput, type ScenarioResult } from './sagas/scenario.ts';
export type { AddSaga } from './sagas/running/sagas.ts';
export type { SagaEnding, SagaEndings } from './sagas/running/runner.ts';
export type { Publish, UntypedEvent, UntypedOptions } from './events/outbox/publish.ts';
export type { RelayStatus } from './events/relay/relay.ts';
