import { isIPv6 } from 'node:net';
import { userInfo } from 'node:os';
import { redactText } from '../../log.ts';

/** What is taken out beside secrets. */
export interface RedactionOptions {
  /** Paths below it begin with `~` instead. */
  readonly home: string;
  /** The installation's name; its subdomains are the workspaces' and the SSH gateway's. */
  readonly hostname: string;
  readonly redactHosts: boolean;
}

/**
 * Makes what takes out of a text that leaves this machine: secrets, e-mail addresses, private keys, the home and the name
 * of the user; host names of the installation and IP addresses when asked.
 */
export function redaction({ home, hostname, redactHosts }: RedactionOptions): (text: string) => string {
  const { username } = userInfo();
  const userName = username.length < 3 ? undefined : new RegExp(`\\b${escaped(username)}\\b`, 'g');
  const hosts = new RegExp(`(?:[\\w*-]+\\.)*${escaped(hostname)}`, 'gi');
  return (text) => {
    const withoutSecrets = redactText(text)
      .replaceAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '[private key]')
      .replaceAll(/[\w.+-]+@[\w-]+\.[\w.-]*[a-z]{2,}/gi, (address) =>
        hosts.test(resetting(hosts, address)) ? address : '[e-mail]',
      )
      .replaceAll(home, '~');
    const anonymous = userName === undefined ? withoutSecrets : withoutSecrets.replaceAll(userName, '[user]');
    if (!redactHosts) return anonymous;
    return anonymous
      .replaceAll(hosts, '[host]')
      .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '[address]')
      .replaceAll(/(?<![\w:])[\da-f:]{2,39}(?![\w:])/gi, (part) => (isIPv6(part) ? '[address]' : part));
  };
}

/** A global pattern remembers where it was. */
function resetting(pattern: RegExp, text: string): string {
  pattern.lastIndex = 0;
  return text;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
