import { Secret } from '../../platform/secret.ts';
import { type Keychain, serviceName } from './keychain.ts';
import { type KeychainProgram, keychainFailure, runKeychain } from './runKeychain.ts';

/** errSecItemNotFound, as security(1) ends with it. */
const notFound = 44;

/** The login keychain of macOS by security(1). */
export class MacKeychain implements Keychain {
  readonly name = 'security';
  readonly #program: KeychainProgram;

  constructor(program: Omit<KeychainProgram, 'name'>) {
    this.#program = { name: 'security', ...program };
  }

  /** The token goes to `security -i`, which reads commands; as hexadecimal, so that nothing in it is quoted. */
  async keep(host: string, token: Secret, signal: AbortSignal): Promise<string> {
    const hex = Buffer.from(token.reveal()).toString('hex');
    const command = `add-generic-password -U -s ${serviceName} -a ${host} -l "Gitpod token for ${host}" -X ${hex}\n`;
    await runKeychain(this.#program, ['-i'], command, signal);
    // With -i it does not say how the command has ended.
    const kept = await this.read(host, '', signal);
    if (kept.reveal() !== token.reveal()) throw keychainFailure(this.name, 'it does not take the token');
    return '';
  }

  async read(host: string, _sealed: string, signal: AbortSignal): Promise<Secret> {
    const words = ['find-generic-password', '-s', serviceName, '-a', host, '-w'];
    const { exitCode, stdout } = await runKeychain(this.#program, words, '', signal);
    const token = stdout.replace(/\n$/, '');
    if (exitCode === 0 && token !== '') return new Secret(token);
    const problem =
      exitCode === notFound ? 'it has no token' : 'it is locked, or access was denied, and gives no token';
    throw keychainFailure(this.name, `${problem} for ${host}`);
  }

  async forget(host: string, signal: AbortSignal): Promise<void> {
    const words = ['delete-generic-password', '-s', serviceName, '-a', host];
    const { exitCode } = await runKeychain(this.#program, words, '', signal);
    if (exitCode !== 0 && exitCode !== notFound) throw keychainFailure(this.name, `it keeps the token for ${host}`);
  }
}
