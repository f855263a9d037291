import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainText } from '../../../helper/diagnosis/explain/explainText.ts';
import type { Credential } from '../../../helper/diagnosis/explain/explanation.ts';

const id = 'amber-falcon-4tq0z5c1m2k';

const known: readonly (readonly [text: string, credential: Credential, meaning: RegExp, todo: RegExp])[] = [
  [`${id}.ssh.ws-eu1.gitpod.io`, 'NONE', /^This is the SSH gateway/, /plan amber-.* --explain/],
  [`SSH: ${id}.ssh.ws-eu1.gitpod.io`, 'NONE', /^This is the SSH gateway/, /plan/],
  [`ssh ${id}@${id}.ssh.ws-eu1.gitpod.io`, 'NONE', /^This is the SSH gateway/, /plan/],
  [`debug-${id}.ssh.ws-eu1.gitpod.io`, 'NONE', /the debug one/, /plan/],
  [id, 'NONE', /Local Companion's way, which is legacy/, /useLocalApp/],
  [`SSH: ${id}`, 'NONE', /Local Companion/, /useLocalApp/],
  [`${id}.vss.gitpod.io`, 'NONE', /VS Code extension/, /gitpod-helper open/],
  [`https://${id}.ws-eu1.gitpod.io/`, 'NONE', /over HTTPS/, /gitpod-helper ssh/],
  [`${id}#0123456789abcdefghijklmnopqrstuv@${id}.ssh.ws-eu1.gitpod.io`, 'NONE', /its owner token/, /another token/],
  [`Enter password for ${id}@${id}.ssh.ws-eu1.gitpod.io`, 'OWNER_TOKEN', /^The owner token/, /owner-token .* --copy/],
  ['Enter password for workspace@*.gitpod.io', 'OWNER_TOKEN', /not the passphrase/, /owner-token/],
  [`${id}@${id}.ssh.ws-eu1.gitpod.io's password: `, 'OWNER_TOKEN', /^The owner token/, /owner-token/],
  [`(${id}@${id}.ssh.ws-eu1.example.com) Password:`, 'OWNER_TOKEN', /^The owner token/, /owner-token/],
  ["ada@build.example.com's password:", 'OTHER_PASSWORD', /neither the owner token nor/, /ssh-command/],
  ["Enter passphrase for key '/home/ada/.ssh/id_ed25519':", 'KEY_PASSPHRASE', /not the owner token/, /ssh-add \/home/],
  ['Enter passphrase for /home/ada/.ssh/id_rsa: ', 'KEY_PASSPHRASE', /id_rsa/, /ssh-add \/home\/ada\/.ssh\/id_rsa$/m],
  [`${id}@x.ssh.gitpod.io: Permission denied ().`, 'NONE', /no credential at all/, /start WORKSPACE/],
  ['Permission denied (publickey,password).', 'NONE', /publickey or password/, /owner-token/],
  ['Permission denied, please try again.', 'NONE', /password was wrong/, /owner-token/],
  [`Connection closed by 10.0.0.1 port 22`, 'NONE', /other side closed/, /doctor/],
  ['kex_exchange_identification: read: Connection reset by peer', 'NONE', /other side closed/, /doctor/],
  ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures', 'NONE', /so many keys/, /install/],
  [`ssh: connect to host ${id}.ssh.ws-eu1.gitpod.io port 22: Connection timed out`, 'NONE', /firewall/, /443/],
  [`ssh: connect to host ${id}.ssh.x.io port 22: Connection refused`, 'NONE', /port 22 of .* is closed/, /443/],
  [`ssh: Could not resolve hostname ${id}: Name or service not known`, 'NONE', /no domain/, /ssh-config install/],
  ["The authenticity of host 'x.ssh.gitpod.io (10.0.0.1)' can't be established.", 'NONE', /does not know/, /install/],
  ['@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @', 'NONE', /Nothing was sent/, /--fix/],
  ['Host key verification failed.', 'NONE', /Nothing was sent/, /doctor/],
  ['Bad owner or permissions on /home/ada/.ssh/config', 'NONE', /Others may write/, /chmod go-w/],
  ['/home/ada/.ssh/config: line 3: Bad configuration option: foo', 'NONE', /line 3 of \/home/, /Correct/],
  ['@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @', 'NONE', /Others may read/, /chmod 600/],
  ["Permissions 0644 for '/home/ada/.ssh/key' are too open.", 'NONE', /Others may read/, /chmod 600 \/home/],
  ['Unable to negotiate with 10.0.0.1 port 22: no matching host key type found.', 'NONE', /host key type/, /doctor/],
  ['sign_and_send_pubkey: signing failed for ED25519: agent refused operation', 'NONE', /did not sign/, /ssh-add -l/],
  ['Load key "/home/ada/.ssh/key": error in libcrypto', 'NONE', /cannot read/, /keys/],
];

test.each(known)('%s', (text, credential, meaning, todo) => {
  const explanation = explainText(text);
  expect(explanation).toMatchObject({ credential, meaning: expect.stringMatching(meaning) });
  expect(explanation?.todo.join('\n')).toMatch(todo);
});

test('the code of a failure is told as the catalogue has it', () => {
  expect(explainText('PORT_22_BLOCKED')?.meaning).toBe(
    'The SSH gateway <host> does not answer on port <port>: <problem>.',
  );
});

test('the secret of a text is not repeated', () => {
  const token = '0123456789abcdefghijklmnopqrstuv';
  expect(JSON.stringify(explainText(`${id}#${token}@${id}.ssh.ws-eu1.gitpod.io`))).not.toContain(token);
});

test('of a whole log, what is wrong is told before what was asked', () => {
  const log = [`Enter passphrase for key '/home/ada/.ssh/id_ed25519':`, 'Permission denied (publickey).'].join('\n');
  expect(explainText(log)?.meaning).toMatch(/refused/);
});

test.each([
  [
    [
      '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@',
      '@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @',
      '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@',
      "Permissions 0644 for '/home/ada/.ssh/key' are too open.",
      'It is required that your private key files are NOT accessible by others.',
      'This private key will be ignored.',
      'Load key "/home/ada/.ssh/key": bad permissions',
    ],
    /^Others may read the private key \/home\/ada\/.ssh\/key,/,
  ],
  [
    ['sign_and_send_pubkey: signing failed for ED25519 "/home/ada/.ssh/key" from agent: agent refused operation'],
    /agent did not sign/,
  ],
  [['Load key "/home/ada/.ssh/key": error in libcrypto'], /cannot read the private key/],
])('of what ssh says, the first is told, and not what follows from it: %j', (lines, meaning) => {
  const log = [...lines, `${id}@${id}.ssh.ws-eu1.gitpod.io: Permission denied (publickey,password).`];
  expect(explainText(log.join('\n'))?.meaning).toMatch(meaning);
});

test('anything else is not known, and takes no time', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 5_000 }), (text) => {
      const startedAt = performance.now();
      explainText(text);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }),
  );
  expect(explainText('the weather is fine')).toBeUndefined();
});
