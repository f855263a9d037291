import { test } from 'vitest';
import { closedPort } from '../../support/closedPort.ts';
import { expectDiagnosis, type Situation } from './support/situation.ts';

const situations: readonly Situation[] = [
  {
    name: 'the installation’s name is misspelt',
    breakIt: ({ options, gitpod }) => void options.set('--host', `gitpodd.invalid:${gitpod.httpsPort}`),
    check: 'name',
    verdict: 'problem',
    value: /gitpodd\.invalid cannot be resolved/,
    remedy: /Check the spelling/,
    heal: ({ options, gitpod }) => void options.set('--host', gitpod.host),
  },
  {
    name: 'nothing listens on the HTTPS port',
    breakIt: async ({ options }) => void options.set('--host', `gitpod.test:${await closedPort()}`),
    check: 'tcp',
    verdict: 'problem',
    value: /the connection was refused/,
    remedy: /Check the network/,
    heal: ({ options, gitpod }) => void options.set('--host', gitpod.host),
  },
  {
    name: 'the certificate’s authority is not known',
    breakIt: ({ options }) => void options.delete('--ca-file'),
    check: 'tls',
    verdict: 'problem',
    value: /is not trusted.*issuer|is not trusted.*authority/,
    remedy: /--ca-file PATH/,
    heal: ({ options, gitpod }) => void options.set('--ca-file', gitpod.caFile),
  },
  {
    name: 'the file with the certificates is not there',
    breakIt: ({ options, home }) => void options.set('--ca-file', home.at('nowhere.pem')),
    check: 'settings',
    verdict: 'problem',
    value: /nowhere\.pem \(CA certificates\) cannot be used/,
    remedy: /Check the path/,
    heal: ({ options, gitpod }) => void options.set('--ca-file', gitpod.caFile),
  },
  {
    name: 'the proxy is not there',
    breakIt: async ({ options }) => void options.set('--proxy', `http://127.0.0.1:${await closedPort()}`),
    check: 'proxy',
    verdict: 'problem',
    value: /The proxy http:\/\/127\.0\.0\.1:\d+ does not lead to .*refused/,
    remedy: /Check the proxy/,
    heal: ({ options }) => void options.set('--proxy', 'direct'),
  },
  {
    name: 'the clock is wrong',
    breakIt: ({ gitpod }) => {
      gitpod.faults.httpClockOffsetMs = 3_600_000;
    },
    check: 'clock',
    verdict: 'warning',
    value: /^3\d\d\d s behind gitpod\.test/,
    remedy: /clock/,
    heal: ({ gitpod }) => {
      gitpod.faults.httpClockOffsetMs = 0; // what setting this machine's clock comes to
    },
  },
  {
    name: 'WebSockets do not get through',
    breakIt: ({ gitpod }) => {
      gitpod.faults.apiUpgradeStatus = 502;
    },
    check: 'websocket',
    verdict: 'warning',
    value: /HTTP 502/,
    remedy: /let WebSockets .* through/,
    heal: ({ gitpod }) => {
      gitpod.faults.apiUpgradeStatus = undefined;
    },
  },
];

test.concurrent.each(situations)('$name', { timeout: 90_000 }, expectDiagnosis);
