import { acceptedFile } from './accepted-changes.ts';
import { type CheckedFinding, type CheckedService, isFailure } from './check-services.ts';

/** Returns the report for people. */
export function reportText(checked: readonly CheckedService[]): string {
  const lines = checked.flatMap(({ service, findings, faults }) => [
    ...faults.map((fault) => `${service}: not checked: ${fault}`),
    ...findings.flatMap((finding) => [`${service}: ${headline(finding)}`, ...consequences(finding)]),
  ]);
  return [...lines, ...(lines.length > 0 ? [''] : []), summaryOf(checked), ''].join('\n');
}

/** Returns a finding in one line. */
export function headline({
  severity,
  accepted,
  contract,
  subject,
  path,
  message,
  rule,
}: CheckedFinding): string {
  const place = path === '' ? subject : `${subject}, ${contract === 'http' ? path : `field ${path}`}`;
  return `${accepted ? 'accepted' : severity}: ${place}: ${message} [${rule}]`;
}

/** Returns the services that consume the event, in one sentence; undefined if none is known. */
export function consumersText({ consumers, path }: CheckedFinding): string | undefined {
  if (consumers.length === 0) return undefined;
  const readers = consumers.filter(({ reads }) => reads).map(({ service }) => service);
  const others = consumers.filter(({ reads }) => !reads).map(({ service }) => service);
  const parts = [
    ...(readers.length > 0 ? [`read by ${readers.join(', ')}`] : []),
    ...(others.length > 0 ? [`${path} is not read by ${others.join(', ')}`] : []),
  ];
  return parts.join('; ');
}

function consequences(finding: CheckedFinding): string[] {
  const consumers = consumersText(finding);
  const { accepted } = finding;
  return [
    ...(consumers === undefined ? [] : [`    ${consumers}`]),
    ...(accepted ? [`    accepted until ${accepted.until}: ${accepted.reason}`] : []),
  ];
}

function summaryOf(checked: readonly CheckedService[]): string {
  const findings = checked.flatMap(({ findings: own }) => own);
  const faults = checked.reduce((sum, { faults: own }) => sum + own.length, 0);
  const failures = findings.filter(isFailure);
  const warnings = findings.filter(({ severity, accepted }) => severity === 'warning' && !accepted);
  const services = `${checked.length} ${checked.length === 1 ? 'service' : 'services'}`;
  const counts = `${failures.length} breaking, ${warnings.length} to review`;
  if (faults > 0) return `${services}: ${counts}; the check is incomplete`;
  if (failures.length === 0) return `${services}: ${counts}`;
  return `${services}: ${counts}. Add a new version of the event or the operation, or accept the change in ${acceptedFile}.`;
}
