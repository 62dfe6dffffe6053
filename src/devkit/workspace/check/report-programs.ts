import path from 'node:path';
import { apiFile, contractFile } from '../facts/contract-file.ts';
import { type CheckedFinding, type CheckedService, isFailure } from './check-services.ts';
import { consumersText, headline } from './report-text.ts';

const textOf = (finding: CheckedFinding): string =>
  [headline(finding), consumersText(finding)].filter((part) => part !== undefined).join('; ');

/**
 * Returns workflow commands of GitHub Actions, which annotate the contract files:
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function githubText(checked: readonly CheckedService[], cwd: string): string {
  const lines = checked.flatMap(({ root, findings, faults, service }) => {
    const command = (name: string, level: string, title: string, text: string) => {
      const file = path.relative(cwd, path.join(root, name)).split(path.sep).join('/');
      return `::${level} file=${property(file)},title=${property(title)}::${data(text)}`;
    };
    return [
      ...faults.map((fault) => command(contractFile, 'error', service, `not checked: ${fault}`)),
      ...findings.map((finding) => {
        const file = finding.contract === 'http' ? apiFile : contractFile;
        const level = isFailure(finding) ? 'error' : 'warning';
        return command(file, level, `${service}: ${finding.subject}`, textOf(finding));
      }),
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Returns a JUnit report: a suite per service, and a case per finding. A service without a finding has one passed case. */
export function junitText(checked: readonly CheckedService[]): string {
  const suites = checked.map(({ service, findings, faults }) => {
    const cases = [
      ...faults.map((fault) => testCase(service, 'not checked', fault)),
      ...findings.map((finding) =>
        testCase(service, headline(finding), isFailure(finding) ? textOf(finding) : undefined),
      ),
    ];
    const all = cases.length > 0 ? cases : [testCase(service, 'contract')];
    const failures = findings.filter(isFailure).length + faults.length;
    return `  <testsuite name="${xml(service)}" tests="${all.length}" failures="${failures}">\n${all.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function testCase(service: string, name: string, failure?: string): string {
  const open = `    <testcase classname="${xml(service)}" name="${xml(name)}"`;
  return failure === undefined ? `${open}/>\n` : `${open}><failure message="${xml(failure)}"/></testcase>\n`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** XML 1.0 has no control characters but tab and line ends. */
const xml = (text: string): string =>
  text
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '\uFFFD')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
