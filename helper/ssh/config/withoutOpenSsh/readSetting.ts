import { parsePort } from '../hostSpec.ts';
import type { EnvironmentVariables } from '../openSsh.ts';
import { asciiLowerCase, type ConfigLine } from './configLine.ts';
import { errorAt, type Place } from './place.ts';
import { parseProxyJump } from './proxyJump.ts';
import { acceptedAlgorithms } from './publicKeyAlgorithms.ts';
import type { ListKeyword, Origin, PathKeyword, SettingKeyword, Settings } from './settings.ts';

const YES_OR_NO = ['yes', 'no', 'true', 'false'];

/**
 * Reads the value of a keyword that opens no block, and keeps it if it applies.
 *
 * @throws SshConfigError when OpenSSH would refuse it, whether it applies or not.
 */
export function readSetting(
  keyword: PathKeyword | ListKeyword | SettingKeyword,
  line: ConfigLine,
  origin: Origin,
  settings: Settings,
  env: EnvironmentVariables,
): void {
  switch (keyword) {
    case 'certificatefile':
    case 'identityfile':
      settings.addPath(keyword, onlyWord(line, origin.place), origin);
      break;
    case 'userknownhostsfile':
      settings.setFirstList(keyword, fileList(line, origin.place), origin);
      break;
    case 'proxyjump':
      readProxyJump(line, origin, settings);
      break;
    default:
      settings.setFirst(keyword, readValue(keyword, line, origin.place, env), origin);
  }
}

function readValue(
  keyword: Exclude<SettingKeyword, 'proxyjump'>,
  line: ConfigLine,
  place: Place,
  env: EnvironmentVariables,
): string {
  switch (keyword) {
    case 'hostkeyalias':
    case 'hostname':
    case 'ignoreunknown':
    case 'preferredauthentications':
    case 'tag':
    case 'user':
      return onlyWord(line, place);
    case 'identitiesonly':
      return oneOf(YES_OR_NO, line, place);
    case 'pubkeyauthentication':
      return oneOf([...YES_OR_NO, 'unbound', 'host-bound'], line, place);
    case 'canonicalizehostname':
      return oneOf([...YES_OR_NO, 'always'], line, place);
    case 'canonicalizepermittedcnames':
      return line.words.join(' ');
    case 'port':
      return port(line, place);
    case 'identityagent':
      return agentPath(line, place, env);
    case 'pubkeyacceptedalgorithms':
      return algorithms(line, place);
    case 'proxycommand':
      return line.rest.replace(/^[ \t\r\n=]+/, '');
  }
}

function onlyWord({ keyword, words }: ConfigLine, place: Place): string {
  const [word, ...more] = words;
  if (word === undefined || word === '') throw errorAt(place, 'Missing argument.');
  if (more.length > 0) throw errorAt(place, `keyword ${keyword} extra arguments at end of line`);
  return word;
}

function fileList({ keyword, words }: ConfigLine, place: Place): readonly string[] {
  if (words.includes('')) throw errorAt(place, `keyword ${keyword} empty argument`);
  if (words.length > 1 && words.some((word) => asciiLowerCase(word) === 'none')) {
    throw errorAt(place, `keyword ${keyword} "none" argument must appear alone.`);
  }
  return words;
}

function oneOf(values: readonly string[], line: ConfigLine, place: Place): string {
  const value = asciiLowerCase(onlyWord(line, place));
  if (!values.includes(value)) throw errorAt(place, `unsupported option "${value}".`);
  return value;
}

function port(line: ConfigLine, place: Place): string {
  const text = onlyWord(line, place);
  const number = parsePort(text);
  if (typeof number !== 'number') throw errorAt(place, `Bad port '${text}'.`);
  return String(number);
}

function algorithms(line: ConfigLine, place: Place): string {
  const text = onlyWord(line, place);
  const names = acceptedAlgorithms(text);
  if (names === undefined) throw errorAt(place, `Bad key types '${text}'.`);
  return names.join(',');
}

function agentPath(line: ConfigLine, place: Place, env: EnvironmentVariables): string {
  const path = onlyWord(line, place);
  const variables = path.matchAll(/\$\{([^}]*)(\}?)/g);
  for (const [written, name = '', close] of variables) {
    if (close === '' || env[name] === undefined) throw errorAt(place, `Invalid environment expansion ${written}.`);
  }
  if (/^\$(?!\{)/.test(path) && !/^\$\w+$/.test(path)) throw errorAt(place, `Invalid environment name ${path}.`);
  return path;
}

/** The first of `ProxyJump` and `ProxyCommand` counts, except that `ProxyJump none` leaves a later command alone. */
function readProxyJump(line: ConfigLine, origin: Origin, settings: Settings): void {
  const jump = parseProxyJump(line.rest);
  if (jump === 'invalid') throw errorAt(origin.place, `Invalid ProxyJump "${line.rest}"`);
  if (settings.get('proxycommand') !== undefined || settings.get('proxyjump') !== undefined) return;
  settings.setFirst('proxyjump', jump === 'none' ? jump : jump.text, origin);
  if (jump !== 'none') settings.setFirst('proxycommand', 'none', origin);
}
