import { type KnownText, meaning } from './explanation.ts';

const doctor = 'Find out more: gitpod-helper doctor WORKSPACE';

/** What ssh says when something is wrong (OpenSSH's own wording). */
export const sshMessages: readonly KnownText[] = [
  {
    pattern: /Permission denied \(\s*\)/i,
    explain: () =>
      meaning(
        'The SSH gateway would take no credential at all: that is how it says that the workspace does not run, started just now, or that the owner token was replaced.',
        'See whether it runs, and start it if not: gitpod-helper start WORKSPACE',
        doctor,
      ),
  },
  {
    pattern: /Permission denied \((?<methods>[^)]+)\)/i,
    explain: ({ methods = '' }) =>
      meaning(
        `Everything that ssh offered was refused; the server would have taken ${methods.split(',').join(' or ')}.`,
        ...(methods.includes('publickey')
          ? ['See which of your keys is registered, and which is offered: gitpod-helper keys WORKSPACE']
          : []),
        ...(methods.includes('password')
          ? [
              'The password would be the owner token, never the passphrase of a key: gitpod-helper owner-token WORKSPACE --copy',
            ]
          : []),
      ),
  },
  {
    pattern: /Permission denied, please try again/i,
    explain: () =>
      meaning(
        'The password was wrong. For a workspace it is the owner token, which changes with each start; the passphrase of a key is something else.',
        'Copy the present one: gitpod-helper owner-token WORKSPACE --copy',
      ),
  },
  {
    pattern: /Too many authentication failures/i,
    explain: () =>
      meaning(
        'ssh offered so many keys, those of your agent first, that the server closed before the right one came.',
        'Let ssh offer the right key only: gitpod-helper ssh-config install',
      ),
  },
  {
    pattern: /Connection timed out|Operation timed out/i,
    explain: () =>
      meaning(
        'Nothing answers on the SSH port: a firewall or VPN in between drops it.',
        'This program takes the WebSocket on 443 then, by itself: gitpod-helper ssh WORKSPACE',
        doctor,
      ),
  },
  {
    pattern: /connect to host (?<host>\S+) port (?<port>\d+): (?:Connection refused|No route|Network is unreachable)/i,
    explain: ({ host, port }) =>
      meaning(
        `The SSH port ${port} of ${host} is closed from here: the installation has no SSH gateway, or the network does not let you through.`,
        'This program takes the WebSocket on 443 then, by itself: gitpod-helper ssh WORKSPACE',
        doctor,
      ),
  },
  {
    pattern: /Connection (?:closed|reset) by|kex_exchange_identification|Connection to \S+ closed by remote host/i,
    explain: () =>
      meaning(
        'The other side closed the connection. Before a login, that is a firewall or an SSH gateway that is off; right after one, the SSH server of the workspace is down.',
        doctor,
      ),
  },
  {
    pattern: /Could not resolve hostname (?<host>[^\s:]+)/i,
    explain: ({ host = '' }) =>
      meaning(
        host.includes('.')
          ? `The name ${host} has no address: it is misspelt, or the network is down.`
          : `${host} has no domain. As a bare workspace id it is known to ssh only with the managed configuration.`,
        'List the workspaces: gitpod-helper list',
        'Let ssh know them: gitpod-helper ssh-config install',
      ),
  },
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|Offending .* key in/i,
    explain: () =>
      meaning(
        'The host key is not the one that ssh knows: the installation has changed it, or somebody is listening in. Nothing was sent.',
        'Compare it with those that the installation publishes: gitpod-helper doctor WORKSPACE',
        'Lines that older tools left in known_hosts can be taken out: gitpod-helper doctor --fix',
      ),
  },
  {
    pattern: /(?:Unable to negotiate with .*)?no matching (?<what>[\w ]+?) found|Unable to negotiate with/i,
    explain: ({ what = 'algorithm' }) =>
      meaning(
        `ssh and the server have no ${what} in common: one of them is old, or configured narrowly.`,
        'See which version of OpenSSH this is, and what is known of it: gitpod-helper doctor',
      ),
  },
  {
    pattern: /Bad owner or permissions on (?<file>\S+)/i,
    explain: ({ file }) => meaning(`Others may write to ${file}, so OpenSSH refuses to read it.`, `chmod go-w ${file}`),
  },
  {
    pattern:
      /(?<file>\S+)(?: line |: line )(?<line>\d+): (?:Bad configuration option|.*(?:unsupported|missing|extra))/i,
    explain: ({ file, line }) =>
      meaning(`OpenSSH does not understand line ${line} of ${file}, and stops.`, `Correct line ${line} of ${file}.`),
  },
  {
    pattern: /Permissions \d+ for '(?<file>[^']+)' are too open/i,
    explain: ({ file }) =>
      meaning(`Others may read the private key ${file}, so OpenSSH ignores it.`, `chmod 600 ${file}`),
  },
  {
    pattern: /sign_and_send_pubkey|agent refused operation|Could not open a connection to your authentication agent/i,
    explain: () =>
      meaning(
        'The SSH agent did not sign: it is locked, waits for a confirmation, or is not there.',
        'See which keys it has: ssh-add -l',
      ),
  },
  {
    pattern: /Load key "(?<file>[^"]+)": /i,
    explain: ({ file }) =>
      meaning(
        `OpenSSH cannot read the private key ${file}: it is damaged, in a format of its own, or the passphrase was wrong.`,
        'See what this program makes of it: gitpod-helper keys',
      ),
  },
];

/** Headlines of what ssh says in several lines, which have no more than the others. */
export const sshHeadlines: readonly KnownText[] = [
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE/i,
    explain: () =>
      meaning('Others may read a private key, so OpenSSH ignores it.', 'chmod 600 the key that the next lines name'),
  },
];
