import assert from 'node:assert/strict';
import type { ServiceAnswers } from '../../generators/service/model/answers.ts';
import { packageManagers } from '../../generators/service/model/package-managers.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { serviceAnswers } from '../support/service-answers.ts';

const answersFor = (packageManager: ServiceAnswers['packageManager']): ServiceAnswers =>
  serviceAnswers({ packageManager, ci: 'github', updateWorkflow: true });

/** The owner of a tag can move it to another commit; Dependabot and Renovate read the version behind the commit. */
const pinned = /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
const npmSecret = '--mount=type=secret,id=npmrc,target=/root/.npmrc ';
const yarnSecret = '--mount=type=secret,id=yarnrc,target=/root/.yarnrc.yml ';

for (const packageManager of packageManagers) {
  describe(`a service generated for ${packageManager}`, () => {
    let files: Map<string, string>;
    before(async () => (files = await serviceFiles(answersFor(packageManager))));
    const linesOf = (file: string) => (files.get(file) ?? '').replaceAll('\\\n', '').split('\n');

    it('pins every GitHub action to a commit, followed by its version', () => {
      const actions = ['ci', 'update']
        .flatMap((name) => linesOf(`.github/workflows/${name}.yml`))
        .filter((line) => line.includes('uses: '));
      assert.ok(actions.length >= 5);
      for (const action of actions) assert.match(action.replace(/.*uses: /, ''), pinned);
    });

    it('keeps the token of the registry out of the layers of its image: the installing steps get it as a secret', () => {
      const steps = linesOf('Dockerfile');
      const copied = steps.filter((step) => /^(COPY|ADD) .*npmrc/.test(step));
      assert.deepEqual(copied, []);
      const installing = steps.filter((step) => /^RUN .*\b(npm ci|p?npm install|yarn [iw])/.test(step));
      assert.ok(installing.length >= 2);
      for (const step of installing)
        assert.ok(step.includes(/ yarn [iw]/.test(step) ? yarnSecret : npmSecret), step);
      assert.ok(!linesOf('.dockerignore').includes('!.npmrc'), 'COPY . . would take it along');
      const id = packageManager === 'yarn' ? 'yarnrc' : 'npmrc';
      assert.match(files.get('README.md') ?? '', new RegExp(`docker build --secret id=${id},`));
    });
  });
}
