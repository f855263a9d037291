import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionMethod } from '../../helper/gen/gitpod/helper/v1/common.ts';
import {
  ConnectionServiceService,
  type Prompt,
  PromptKind,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { commandOptions } from '../support/commandOptions.ts';
import { makeKey } from '../support/ssh/sshTools.ts';
import { TerminalCommand } from '../support/terminal.ts';
import { failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
let keyFile: string;

beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

async function useEncryptedKey(options: Parameters<typeof makeKey>[1]): Promise<void> {
  keyFile = await makeKey(world.home.at('.ssh/locked'), { passphrase: 'open sesame', ...options });
  world.home.write('.ssh/config', `IdentityFile ${keyFile}\n`);
  world.user.addSshPublicKey('locked', await readFile(`${keyFile}.pub`, 'utf8'));
  await world.initialize();
}

async function nextPrompt(
  events: AsyncIterator<{ event?: { $case: string; value: unknown } | undefined }>,
): Promise<Prompt> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('the stream ended without a prompt');
    if (isPrompt(value.event)) return value.event.value;
    if (value.event?.$case === 'ended') throw new Error(JSON.stringify(value.event.value));
  }
}

function isPrompt(event: { $case: string; value: unknown } | undefined): event is { $case: 'prompt'; value: Prompt } {
  return event?.$case === 'prompt';
}

function answer(promptId: string, secret: string): Promise<unknown> {
  return world.helper.client.unary(ConnectionServiceService.answerPrompt, {
    promptId,
    answer: { $case: 'secret', value: secret },
  });
}

describe('an encrypted key, when only a key will do', () => {
  test.each([{ type: 'ed25519' }, { type: 'rsa', format: 'PEM' }, { type: 'ecdsa', format: 'PKCS8' }] as const)(
    'is opened by its passphrase, asked for by name (%o)',
    async (options) => {
      await useEncryptedKey(options);
      const events = world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY })[Symbol.asyncIterator]();
      const prompt = await nextPrompt(events);
      expect(prompt).toMatchObject({ kind: PromptKind.KEY_PASSPHRASE, title: `Passphrase for the key ${keyFile}` });
      await answer(prompt.promptId, 'open sesame');
      expect((await untilReady(events)).method).toBe(ConnectionMethod.SSH_GATEWAY_KEY);
      await events.return(undefined);
      expect(world.helper.log).not.toContain('open sesame');
    },
  );

  test('asks again after a wrong one', async () => {
    await useEncryptedKey({ type: 'ed25519' });
    const events = world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY })[Symbol.asyncIterator]();
    await answer((await nextPrompt(events)).promptId, 'wrong');
    const again = await nextPrompt(events);
    expect(again.title).toBe(`That was not it. Passphrase for the key ${keyFile}`);
    await answer(again.promptId, 'open sesame');
    await untilReady(events);
    await events.return(undefined);
  });

  test('says so when the owner token is given instead', async () => {
    await useEncryptedKey({ type: 'ed25519' });
    const events = world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY })[Symbol.asyncIterator]();
    await answer((await nextPrompt(events)).promptId, world.workspace.ownerToken);
    const again = await nextPrompt(events);
    expect(again.title).toBe(
      `That was the owner token of the workspace, which opens no key. Passphrase for the key ${keyFile}`,
    );
    await answer(again.promptId, 'open sesame');
    await untilReady(events);
    await events.return(undefined);
  });

  test('fails with the remedy when the user does not want to', async () => {
    await useEncryptedKey({ type: 'ed25519' });
    const events = world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY })[Symbol.asyncIterator]();
    const { promptId } = await nextPrompt(events);
    await world.helper.client.unary(ConnectionServiceService.answerPrompt, {
      promptId,
      answer: { $case: 'dismissed', value: true },
    });
    const failure = await failureOf({ [Symbol.asyncIterator]: () => events });
    expect(failure).toMatchObject({ code: FailureCode.KEY_NEEDS_PASSPHRASE });
    expect(failure.remedies[0]?.command).toBe(`ssh-add ${keyFile}`);
  });

  test('a prompt that is not open takes no answer', async () => {
    await world.initialize();
    await expect(answer('nothing', 'secret')).rejects.toMatchObject({
      code: 5,
      failure: { code: FailureCode.PROMPT_NOT_FOUND },
    });
  });
});

test('an encrypted key is planned around where the owner token will do: nothing is asked', async () => {
  await useEncryptedKey({ type: 'ed25519' });
  const events = world.connect()[Symbol.asyncIterator]();
  expect((await untilReady(events)).method).toBe(ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN);
  await events.return(undefined);
});

describe('on a terminal', () => {
  test('Ctrl-C at the question for the passphrase ends the command', async () => {
    await useEncryptedKey({ type: 'ed25519' });
    const tokenFile = world.home.write('token', world.user.personalAccessToken);
    const words = [...commandOptions(world), '--token-file', tokenFile, '--method', 'key'];
    await using command = new TerminalCommand(['connect', ...words, world.workspace.id]);
    await expect.poll(command.screen, { timeout: 15_000 }).toContain('Passphrase for the key');
    command.press('\x03');
    const ended = await Promise.race([command.exited, pause(5_000, 'it goes on')]);
    expect(ended, command.screen()).toBe(0);
  });
});
