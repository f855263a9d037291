import { log } from '../../log.ts';
import { Secret } from '../../platform/secret.ts';
import { type Keychain, NoKeychainError, serviceName } from './keychain.ts';
import { type KeychainProgram, keychainFailure, runKeychain } from './runKeychain.ts';

/** Messages of secret-tool where no Secret Service runs, or one that has no collection and nobody to ask for one. */
const noService =
  /autolaunch|org\.freedesktop\.(secrets|DBus\.Error\.ServiceUnknown)|Could not connect|Object does not exist at path/;

/** The Secret Service of a Linux desktop (GNOME Keyring, KWallet) by secret-tool(1) of libsecret. */
export class SecretService implements Keychain {
  readonly name = 'secret-tool';
  readonly #program: KeychainProgram;

  constructor(program: Omit<KeychainProgram, 'name'>) {
    this.#program = { name: 'secret-tool', ...program };
  }

  async keep(host: string, token: Secret, signal: AbortSignal): Promise<string> {
    const words = ['store', `--label=Gitpod token for ${host}`, ...attributes(host)];
    const { exitCode, stderr } = await runKeychain(this.#program, words, token.reveal(), signal);
    if (exitCode === 0) return '';
    log.info('account.keychain_failed', { exitCode, stderr });
    if (noService.test(stderr)) throw new NoKeychainError('no Secret Service');
    throw keychainFailure(this.name, 'it does not take the token; it may be locked');
  }

  async read(host: string, _sealed: string, signal: AbortSignal): Promise<Secret> {
    const { exitCode, stdout } = await runKeychain(this.#program, ['lookup', ...attributes(host)], '', signal);
    if (exitCode === 0 && stdout !== '') return new Secret(stdout);
    // It ends with 1 without a word both for an entry that is not there and for one that is locked.
    throw keychainFailure(this.name, `it does not give the token for ${host}; it may be locked, or not be running`);
  }

  async forget(host: string, signal: AbortSignal): Promise<void> {
    await runKeychain(this.#program, ['clear', ...attributes(host)], '', signal);
    // A lookup finds nothing where the keychain is locked, and neither is anything cleared then; a search finds it.
    const { exitCode, stdout } = await runKeychain(this.#program, ['search', ...attributes(host)], '', signal);
    if (exitCode === 0 && stdout === '') return;
    throw keychainFailure(this.name, `it keeps the token for ${host}; it may be locked, or not be running`);
  }
}

function attributes(host: string): readonly string[] {
  return ['service', serviceName, 'host', host];
}
