/** The keywords of ssh_config(5) that the core acts on. */
export type UsedKeyword =
  | 'canonicalizehostname'
  | 'canonicalizepermittedcnames'
  | 'certificatefile'
  | 'host'
  | 'hostkeyalias'
  | 'hostname'
  | 'identitiesonly'
  | 'identityagent'
  | 'identityfile'
  | 'ignoreunknown'
  | 'include'
  | 'match'
  | 'port'
  | 'preferredauthentications'
  | 'proxycommand'
  | 'proxyjump'
  | 'pubkeyacceptedalgorithms'
  | 'pubkeyauthentication'
  | 'tag'
  | 'user'
  | 'userknownhostsfile';

const USED_KEYWORDS: ReadonlyMap<string, UsedKeyword> = new Map<string, UsedKeyword>([
  ['canonicalizehostname', 'canonicalizehostname'],
  ['canonicalizepermittedcnames', 'canonicalizepermittedcnames'],
  ['certificatefile', 'certificatefile'],
  ['dsaauthentication', 'pubkeyauthentication'],
  ['host', 'host'],
  ['hostkeyalias', 'hostkeyalias'],
  ['hostname', 'hostname'],
  ['identitiesonly', 'identitiesonly'],
  ['identityagent', 'identityagent'],
  ['identityfile', 'identityfile'],
  ['identityfile2', 'identityfile'],
  ['ignoreunknown', 'ignoreunknown'],
  ['include', 'include'],
  ['match', 'match'],
  ['port', 'port'],
  ['preferredauthentications', 'preferredauthentications'],
  ['proxycommand', 'proxycommand'],
  ['proxyjump', 'proxyjump'],
  ['pubkeyacceptedalgorithms', 'pubkeyacceptedalgorithms'],
  ['pubkeyacceptedkeytypes', 'pubkeyacceptedalgorithms'],
  ['pubkeyauthentication', 'pubkeyauthentication'],
  ['tag', 'tag'],
  ['user', 'user'],
  ['userknownhostsfile', 'userknownhostsfile'],
]);

/** The other keywords OpenSSH knows, up to version 10, with its retired ones and Debian's additions. */
const UNUSED_KEYWORDS: ReadonlySet<string> = new Set(
  `addkeystoagent addressfamily afstokenpassing batchmode bindaddress bindinterface canonicaldomains
  canonicalizefallbacklocal canonicalizemaxdots casignaturealgorithms challengeresponseauthentication channeltimeout
  checkhostip cipher ciphers clearallforwardings compression compressionlevel connectionattempts connecttimeout
  controlmaster controlpath controlpersist dynamicforward enableescapecommandline enablesshkeysign escapechar
  exitonforwardfailure fallbacktorsh fingerprinthash forkafterauthentication forwardagent forwardx11 forwardx11timeout
  forwardx11trusted gatewayports globalknownhostsfile globalknownhostsfile2 gssapiauthentication gssapiclientidentity
  gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity
  gssapitrustdns hashknownhosts hostbasedacceptedalgorithms hostbasedauthentication hostbasedkeytypes hostkeyalgorithms
  ipqos kbdinteractiveauthentication kbdinteractivedevices keepalive kerberosauthentication kerberostgtpassing
  kexalgorithms knownhostscommand localcommand localforward loglevel logverbose macs nohostauthenticationforlocalhost
  numberofpasswordprompts obscurekeystroketiming passwordauthentication permitlocalcommand permitremoteopen
  pkcs11provider protocol proxyusefdpass refuseconnection rekeylimit remotecommand remoteforward requesttty
  requiredrsasize revokedhostkeys rhostsauthentication rhostsrsaauthentication rsaauthentication securitykeyprovider
  sendenv serveralivecountmax serveraliveinterval sessiontype setenv skeyauthentication smartcarddevice stdinnull
  streamlocalbindmask streamlocalbindunlink stricthostkeychecking syslogfacility tcpkeepalive tisauthentication tunnel
  tunneldevice updatehostkeys useprivilegedport userknownhostsfile2 useroaming usersh
  verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation`.split(/\s+/),
);

/** Gives the keyword an old or present name stands for; undefined for one that the core does not act on. */
export function usedKeyword(name: string): UsedKeyword | undefined {
  return USED_KEYWORDS.get(name);
}

/** Tells whether OpenSSH knows a keyword that the core does not act on; values of these are not judged. */
export function isUnusedKeyword(name: string): boolean {
  return UNUSED_KEYWORDS.has(name);
}
