import { Secret } from '../../platform/secret.ts';
import type { Keychain } from './keychain.ts';
import { type KeychainProgram, keychainFailure, runKeychain } from './runKeychain.ts';

/** A SecureString without a key is sealed by DPAPI for the user on this machine, and written as hexadecimal. */
const seal = '$t = [Console]::In.ReadToEnd(); ConvertFrom-SecureString (ConvertTo-SecureString $t -AsPlainText -Force)';
const open =
  '$s = ConvertTo-SecureString ([Console]::In.ReadToEnd().Trim()); ' +
  '$m = [Runtime.InteropServices.Marshal]; [Console]::Out.Write($m::PtrToStringUni($m::SecureStringToBSTR($s)))';

/** The Data Protection API of Windows by PowerShell: what it seals is kept in the helper's own file. */
export class DataProtection implements Keychain {
  readonly name = 'powershell';
  readonly #program: KeychainProgram;

  constructor(program: Omit<KeychainProgram, 'name'>) {
    this.#program = { name: 'powershell', ...program };
  }

  async keep(_host: string, token: Secret, signal: AbortSignal): Promise<string> {
    const sealed = (await this.#run(seal, token.reveal(), signal)).trim();
    if (/^[0-9a-f]+$/i.test(sealed)) return sealed;
    throw keychainFailure(this.name, 'it does not seal the token');
  }

  async read(host: string, sealed: string, signal: AbortSignal): Promise<Secret> {
    const token = await this.#run(open, sealed, signal);
    if (token !== '') return new Secret(token);
    throw keychainFailure(this.name, `it does not open the token for ${host}, which another user may have sealed`);
  }

  /** Nothing is kept outside the file. */
  forget(): Promise<void> {
    return Promise.resolve();
  }

  async #run(script: string, input: string, signal: AbortSignal): Promise<string> {
    const words = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', script];
    const { exitCode, stdout } = await runKeychain(this.#program, words, input, signal);
    return exitCode === 0 ? stdout : '';
  }
}
