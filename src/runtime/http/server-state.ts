import type { ServerResponse } from 'node:http';

/** Where the server is in its life, and the answers that it still owes. */
export interface ServerState {
  readonly phase: 'starting' | 'running' | 'draining';
  begin(res: ServerResponse): void;
  end(res: ServerResponse): void;
  run(): void;
  /** From now on every answer closes its connection; those that have been begun too, where it is not too late. */
  drain(): void;
}

/** The state of a server that has not started. */
export function createServerState(): ServerState {
  const owed = new Set<ServerResponse>();
  let phase: ServerState['phase'] = 'starting';
  return {
    get phase() {
      return phase;
    },
    begin(res) {
      owed.add(res);
      if (phase === 'draining') close(res);
    },
    end: (res) => void owed.delete(res),
    run: () => void (phase = 'running'),
    drain() {
      phase = 'draining';
      owed.forEach(close);
    },
  };
}

function close(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('connection', 'close');
}
