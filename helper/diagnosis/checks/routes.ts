import { failure } from '../../failures.ts';
import { type Check, type CheckId, failed, ok, skipped } from '../check.ts';
import { attemptRoute, type RouteName } from '../routeAttempt.ts';

const tried: readonly (RouteName & { readonly id: CheckId; readonly title: string })[] = [
  { id: 'route-key', title: 'By key over the SSH port', method: 'SSH_GATEWAY_KEY', transport: 'TCP' },
  {
    id: 'route-owner-token',
    title: 'By owner token over the SSH port',
    method: 'SSH_GATEWAY_OWNER_TOKEN',
    transport: 'TCP',
  },
  {
    id: 'route-websocket',
    title: 'By owner token over the WebSocket',
    method: 'SSH_GATEWAY_OWNER_TOKEN',
    transport: 'WEBSOCKET',
  },
  { id: 'route-companion', title: "The Local Companion's way", method: 'LOCAL_COMPANION', transport: 'WEBSOCKET' },
];

const timeoutMs = 45_000;

/** Each way in, really gone: one that fails is no problem while another works. */
export const routes: readonly Check[] = tried.map(({ id, title, ...name }) => ({
  id,
  area: 'Ways in',
  title,
  after: ['workspace'],
  timeoutMs,
  examine: async (examination) => {
    const { ref } = examination.subject;
    if (ref === undefined) return skipped('no workspace was named');
    const attempt = await attemptRoute(examination, ref, name);
    switch (attempt.outcome) {
      case 'reached':
        return ok(`it works (${attempt.elapsedMs} ms: ${attempt.steps.join(', ')})`);
      case 'failed':
        return failed(attempt.failure, attempt.failure.code === 'HOST_KEY_MISMATCH' ? 'problem' : 'warning');
      case 'not-tried':
        return skipped(attempt.reason);
    }
  },
}));

/** Whether any way in works, and which is taken. */
export const wayIn: Check = {
  id: 'way-in',
  area: 'Ways in',
  title: 'Connecting',
  after: ['workspace'],
  timeoutMs,
  examine: async (examination) => {
    const { ref } = examination.subject;
    if (ref === undefined) return skipped('no workspace was named');
    const attempts = await Promise.all(tried.map((name) => attemptRoute(examination, ref, name)));
    const works = tried.filter((_, index) => attempts[index]?.outcome === 'reached');
    const [first] = works;
    if (first !== undefined) return ok(`${works.length} of ${tried.length} ways work; "${first.title}" is taken`);
    const [firstFailure] = attempts.flatMap((attempt) => (attempt.outcome === 'failed' ? [attempt.failure] : []));
    if (firstFailure !== undefined) return failed(firstFailure);
    const reason = attempts.find(({ outcome }) => outcome === 'not-tried');
    const { host } = ref.installation;
    const why = reason?.outcome === 'not-tried' ? reason.reason : '';
    return failed(failure('NO_USABLE_METHOD', { host, workspaceId: ref.workspaceId, reason: why }));
  },
};
