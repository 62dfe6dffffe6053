import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { templatesRoot } from '../../generators/rendering/templates-root.ts';
import { asyncApi } from '../../generators/service/contracts/async-api.ts';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { serviceView } from '../../generators/service/view/service-view.ts';

/** Answers of a service without resources, CI and Kubernetes, which installs nothing; `given` overrides them. */
export const serviceAnswers = (given: Partial<ServiceAnswers>): ServiceAnswers => ({
  name: 'user',
  description: 'The user service',
  resources: [],
  consumes: [],
  clients: [],
  commands: [],
  sagas: [],
  participants: [],
  projections: [],
  port: 8001,
  databasePort: 5432,
  auth: 'none',
  packageManager: 'npm',
  ci: 'none',
  updateWorkflow: false,
  kubernetes: false,
  git: false,
  install: false,
  ...given,
});

/** Writes the contract of account-service with these resources. */
export async function writeContractFile(file: string, resources: ServiceAnswers['resources']): Promise<void> {
  const view = serviceView(serviceAnswers({ name: 'account', description: 'Keeps accounts', resources }));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(await asyncApi(view, templatesRoot('service'))));
}
