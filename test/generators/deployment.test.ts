import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { packageManagers } from '../../generators/service/model/package-managers.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { readEnvironment } from '../../src/runtime/config/read-environment.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { newFolder, removeFolders } from './support/command.ts';

interface Container {
  image: string;
  envFrom: { configMapRef: { name: string } }[];
  env: { name: string; value?: string; valueFrom: { secretKeyRef: { name: string } } }[];
}

interface Deployment {
  spec: { template: { spec: { initContainers: Container[]; containers: Container[] } } };
}

interface Kustomization {
  configMapGenerator: { name: string; literals: string[] }[];
  images: { name: string; newTag: string }[];
}

interface Step {
  name?: string;
  if?: string;
  uses?: string;
  with?: Record<string, unknown>;
  run?: string;
  env?: Record<string, string>;
}

interface Workflow {
  on: string[] | Record<string, unknown>;
  jobs: Record<
    'test' | 'image' | 'update',
    { if?: string; needs?: string; env: Record<string, string>; steps: Step[] }
  >;
}

async function generated(answers: Parameters<typeof serviceAnswers>[0] = {}) {
  const resources = [{ name: 'user', fields: parseFields('email:string') }];
  const files = await serviceFiles(serviceAnswers({ resources, ci: 'github', kubernetes: true, ...answers }));
  const read = <T>(file: string) => parse(files.get(file) ?? '', { merge: true }) as T;
  return {
    readme: files.get('README.md') ?? '',
    deployment: read<Deployment>('k8s/deployment.yaml').spec.template.spec,
    kustomization: read<Kustomization>('k8s/kustomization.yaml'),
    workflow: read<Workflow>('.github/workflows/ci.yml'),
  };
}

describe('the Kubernetes manifests of a service', () => {
  it('take every address from a ConfigMap or a secret, with all variables that the service needs', async () => {
    const { deployment, kustomization } = await generated();
    const maps = new Map(kustomization.configMapGenerator.map(({ name, literals }) => [name, literals]));
    const containers = [...deployment.initContainers, ...deployment.containers];
    assert.equal(containers.length, 2);
    for (const { envFrom, env } of containers) {
      const literals = envFrom.flatMap(({ configMapRef }) => maps.get(configMapRef.name) ?? []);
      assert.ok(literals.some((literal) => literal.startsWith('KAFKA_BOOTSTRAP_SERVERS=')));
      assert.deepEqual(
        env.map(({ name, value, valueFrom }) => [name, value, valueFrom.secretKeyRef.name]),
        [['DATABASE_URL', undefined, 'user-db-secret']],
      );
      const variables = Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s, 2)));
      const config = readEnvironment({ ...variables, DATABASE_URL: 'postgres://u:p@db:5432/users' });
      assert.equal(config.serviceName, 'user-service');
      assert.equal(config.managementPort, 9000);
    }
    assert.doesNotMatch(JSON.stringify(deployment), /kafka|postgres:/);
  });

  it('name no image tag but that of the deploy, and never "latest"', async () => {
    const { deployment, kustomization, readme } = await generated();
    const images = [...deployment.initContainers, ...deployment.containers].map(({ image }) => image);
    assert.deepEqual(images, ['user-service', 'user-service']);
    assert.deepEqual(kustomization.images, [{ name: 'user-service', newTag: 'not-set' }]);
    assert.match(readme, /kustomize edit set image user-service=\S+\/user-service:\$\(git rev-parse HEAD\)/);
    assert.doesNotMatch(JSON.stringify([deployment, kustomization]) + readme, /latest/);
  });
});

describe('the pipeline of a service', () => {
  afterEach(removeFolders);

  for (const packageManager of packageManagers) {
    it(`runs on pull requests and on the default branch, whatever its name, with ${packageManager}`, async () => {
      const { workflow } = await generated({ packageManager });
      assert.deepEqual(workflow.on, ['push', 'pull_request']);
      const { test, image } = workflow.jobs;
      assert.equal(
        test.if,
        "github.event_name != 'push' || github.ref_name == github.event.repository.default_branch",
      );
      assert.equal(image.needs, 'test');
    });

    it(`checks the contracts of a pull request against its base, with the full history, with ${packageManager}`, async () => {
      const { workflow } = await generated({ packageManager });
      const { steps } = workflow.jobs.test;
      const checkout = steps.find(({ uses = '' }) => uses.startsWith('actions/checkout@'));
      assert.equal(checkout?.with?.['fetch-depth'], 0);
      const check = steps.find(({ run = '' }) => run.includes(' check '));
      assert.equal(check?.if, "github.event_name == 'pull_request'");
      assert.deepEqual(check.env, { BASE: '${{ github.base_ref }}' });
      assert.match(
        check.run ?? '',
        /^(npx|pnpm exec|yarn) microservice-devkit check --against "origin\/\$BASE" --format github$/,
      );
    });
  }

  it('builds the image of its commit, and pushes it only from the default branch once a registry is named', async () => {
    const { jobs } = (await generated()).workflow;
    const { env, steps } = jobs.image;
    assert.equal(
      env['IMAGE'],
      "${{ vars.REGISTRY && format('{0}/', vars.REGISTRY) }}user-service:${{ github.sha }}",
    );
    const pushing = steps.filter(({ run = '' }) => /docker (push|login)/.test(run));
    assert.deepEqual(
      pushing.map((step) => step.if),
      ["vars.REGISTRY != '' && github.event_name == 'push'"],
    );
    assert.ok(steps.some(({ run }) => run === 'docker build --tag "$IMAGE" .'));
    for (const { run = '' } of [...jobs.test.steps, ...steps])
      assert.doesNotMatch(run, /\$\{\{/, 'a value that GitHub inserts into a script is executed');
  });

  it('logs in to the host of the registry, with the password on its input, and pushes the image', async () => {
    const { steps } = (await generated()).workflow.jobs.image;
    const run = steps.find(({ name }) => name === 'Push the image')?.run ?? '';
    const folder = await newFolder();
    const docker = '#!/bin/sh\necho "$@"\nif [ "$1" = login ]; then cat; echo; fi\n';
    await writeFile(path.join(folder, 'docker'), docker, { mode: 0o755 });
    const { stdout } = await promisify(execFile)('bash', ['-e', '-c', run], {
      env: {
        PATH: `${folder}${path.delimiter}${process.env['PATH']}`,
        REGISTRY: 'registry.example.com/my-team',
        IMAGE: 'registry.example.com/my-team/user-service:abc',
        REGISTRY_USER: 'ada',
        REGISTRY_PASSWORD: 'p$w %s',
      },
    });
    assert.deepEqual(stdout.trim().split('\n'), [
      'login registry.example.com --username ada --password-stdin',
      'p$w %s',
      'push registry.example.com/my-team/user-service:abc',
    ]);
  });
});

describe('the workflow that updates a service', () => {
  /** Runs a step of the workflow in a git repository, with other programs instead of `npm` and `gh`. */
  async function step(name: string, programs: Record<string, string>) {
    const answers = serviceAnswers({ ci: 'github', updateWorkflow: true });
    const text = (await serviceFiles(answers)).get('.github/workflows/update.yml') ?? '';
    const run = (parse(text) as Workflow).jobs.update.steps.find((each) => each.name === name)?.run ?? '';
    assert.doesNotMatch(run, /\$\{\{/, 'a value that GitHub inserts into a script is executed');
    const folder = await newFolder();
    const output = path.join(folder, 'output');
    const repository = path.join(folder, 'repository');
    await mkdir(repository);
    await promisify(execFile)('git', ['init', '--quiet'], { cwd: repository });
    for (const [program, script] of Object.entries(programs))
      await writeFile(path.join(folder, program), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    await writeFile(output, '');
    const env = {
      PATH: `${folder}${path.delimiter}${process.env['PATH']}`,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: output,
    };
    const ended = await promisify(execFile)('bash', ['-e', '-c', run], { cwd: repository, env }).then(
      () => 0,
      ({ code }: { code: number }) => code,
    );
    return { ended, output: await readFile(output, 'utf8') };
  }
  const merge = 'Merge the files of the newest generator';

  it('opens no pull request if nothing changed, and fails if the generator refused', async () => {
    assert.deepEqual(await step(merge, { npm: 'exit 0' }), { ended: 0, output: '' });
    assert.deepEqual(await step(merge, { npm: 'exit 1' }), { ended: 1, output: '' });
  });

  it('tells a clean update from one with conflicts', async () => {
    assert.deepEqual(await step(merge, { npm: 'echo x > file' }), { ended: 0, output: 'changed=true\n' });
    const { ended, output } = await step(merge, { npm: 'echo x > file; exit 1' });
    assert.deepEqual([ended, output], [0, 'changed=true\nconflicts=true\n']);
  });

  it('is written only if it is chosen', async () => {
    const files = await serviceFiles(serviceAnswers({ ci: 'github' }));
    assert.ok(!files.has('.github/workflows/update.yml'));
  });
});
