import type { ServiceAnswers } from '../model/answers.ts';
import { clientView, type ClientView } from '../model/client-view.ts';
import { resourceNames, type Names } from '../model/names.ts';
import { executes, installers, runs, type Installer } from '../model/package-managers.ts';
import { participantsOf, type ParticipantView } from '../model/participant-view.ts';
import { sagasOf, type SagaView } from '../model/saga-view.ts';
import {
  copiesOf,
  handlersOf,
  receivedOf,
  resourcesOf,
  type ConsumedView,
  type CopyView,
  type ResourceView,
} from '../model/view.ts';
import { definitionsOf } from '../projections/event-definitions.ts';
import { projectionsOf, type ProjectionView } from '../projections/projection-view.ts';

export interface ServiceView extends Omit<
  ServiceAnswers,
  'resources' | 'consumes' | 'clients' | 'sagas' | 'participants' | 'projections'
> {
  service: Names;
  folder: string;
  resources: ResourceView[];
  copies: CopyView[];
  /** The events that have a definition without a copy: those of handlers, and those of projections alone. */
  received: ConsumedView[];
  handlers: ConsumedView[];
  clients: ClientView[];
  sagas: SagaView[];
  participants: ParticipantView[];
  projections: ProjectionView[];
  database: { name: string; user: string };
  run: string;
  exec: string;
  installer: Installer;
}

/** Returns the data for the templates: the answers with every derived name. */
export function serviceView(answers: ServiceAnswers): ServiceView {
  const service = resourceNames(answers.name);
  const events = {
    resources: resourcesOf(answers.resources),
    copies: copiesOf(answers.consumes),
    received: receivedOf(answers.consumes),
    sagas: sagasOf(answers.sagas, answers.resources),
  };
  return {
    ...answers,
    service,
    folder: `${answers.name}-service`,
    ...events,
    handlers: handlersOf(answers.consumes),
    clients: answers.clients.map(clientView),
    participants: participantsOf(answers.participants, answers.resources),
    projections: projectionsOf(answers.projections, definitionsOf(events)),
    database: { name: `${service.snake}_db`, user: service.snake },
    run: runs[answers.packageManager],
    exec: executes[answers.packageManager],
    installer: installers[answers.packageManager],
  };
}
