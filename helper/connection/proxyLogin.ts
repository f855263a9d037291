import { Failure } from '../failures.ts';
import type { Network } from '../platform/network/network.ts';
import type { ProxyLogin } from '../platform/network/proxy/proxy.ts';
import { Secret } from '../platform/secret.ts';
import type { ConnectEvent } from './events.ts';
import type { Prompts } from './prompts.ts';

/** Asks a person for a secret; undefined when they will not tell. */
export type AskForLogin = (title: string) => Promise<Secret | undefined>;

/**
 * Makes an attempt. When the proxy demands a login that nobody has given, asks for it once and makes the attempt once more.
 * The answer is kept in memory for all that follows, unless the proxy does not accept it.
 *
 * @throws what the attempt throws: PROXY_AUTH_REQUIRED when nobody answers, or the answer is wrong.
 */
export async function withProxyLogin<T>(network: Network, ask: AskForLogin, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const gap = isDemand(error) ? network.proxyLoginGap : undefined;
    if (gap === undefined) throw error;
    const login = await askForLogin(gap.username, gap.proxy.name, ask);
    if (login === undefined) throw error;
    network.setProxyLogin(login);
    return await attempt().catch((again: unknown) => {
      if (isDemand(again)) network.setProxyLogin(undefined);
      throw again;
    });
  }
}

/** Asks by a prompt among a connection's events. */
export function askByPrompt(prompts: Prompts, emit: (event: ConnectEvent) => void, signal: AbortSignal): AskForLogin {
  return (title) => prompts.askSecret('PROXY_PASSWORD', title, (prompt) => emit({ kind: 'prompt', prompt }), signal);
}

function isDemand(error: unknown): boolean {
  return error instanceof Failure && error.code === 'PROXY_AUTH_REQUIRED';
}

async function askForLogin(username: string, proxy: string, ask: AskForLogin): Promise<ProxyLogin | undefined> {
  if (username !== '') {
    const password = await ask(`Password of ${username} for the proxy ${proxy}`);
    return password === undefined ? undefined : { username, password };
  }
  const answer = await ask(`User name and password for the proxy ${proxy}, as NAME:PASSWORD`);
  const [, name, password] = /^([^:]+):(.*)$/s.exec(answer?.reveal() ?? '') ?? [];
  return name === undefined || password === undefined ? undefined : { username: name, password: new Secret(password) };
}
