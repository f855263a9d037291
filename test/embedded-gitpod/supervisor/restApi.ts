import type { Faults } from '../faults.ts';
import { type Answer, answer, json } from '../https/answer.ts';
import type { Supervisor } from './supervisor.ts';

/**
 * The supervisor's REST API (gitpod-wire §5), as far as it is built: paths below `/_supervisor`.
 * @param path without `/_supervisor`
 */
export async function answerSupervisorRest(path: string, supervisor: Supervisor, faults: Faults): Promise<Answer> {
  switch (path) {
    case '/v1/status/supervisor':
      return answer(200, JSON.stringify({ ok: true }), json);
    case '/v1/status/content':
      return answer(200, JSON.stringify({ available: true, source: 'from_other' }), json);
    case '/v1/ssh_keys/create':
      return answer(200, JSON.stringify(await supervisor.createSshKeyPair()), json);
    case '/v1/send_heartbeat':
      return faults.supervisorWithoutHeartbeat
        ? answer(501, JSON.stringify({ code: 12, message: 'not implemented', details: [] }), json)
        : answer(200, '{}', json);
    default:
      return answer(404, JSON.stringify({ code: 5, message: 'Not Found', details: [] }), json);
  }
}

/** What needs no owner token: the states that a page shows before anybody has signed in. */
export function isOpenToAll(path: string): boolean {
  return /^\/v1\/status\/(supervisor|ide)(\/|$)/.test(path);
}
