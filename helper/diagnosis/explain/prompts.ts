import type { KnownText } from './explanation.ts';

/** Prompts of ssh and of editors (ssh(1), sshconnect2.c's wording; the article on VS Code Desktop and SSH). */
export const prompts: readonly KnownText[] = [
  {
    pattern: /Enter passphrase for (?:key )?['"]?(?<key>[^'"]+?)['"]?:?\s*$/i,
    explain: ({ key = 'the key' }) => ({
      meaning: `The passphrase of the key ${key} is asked for: what you chose when you made it. It is not the owner token, and Gitpod does not know it.`,
      credential: 'KEY_PASSPHRASE',
      todo: [
        `Give the key to your SSH agent once, and nothing asks any more: ssh-add ${key}`,
        'If you do not know it any more, make another key: gitpod-helper keys create --register',
      ],
    }),
  },
  {
    pattern: /^\(?(?<user>[^@\s()]+)@(?<host>[^'\s()]*\.(?:ssh|ws)[^'\s()]*)\)?(?:'s)?\s+password:?\s*$/i,
    explain: ownerTokenPrompt,
  },
  {
    pattern: /Enter password for\s+(?<user>[^@\s]+)@\\?(?<host>\S*gitpod\S*?):?\s*$/i,
    explain: ownerTokenPrompt,
  },
  {
    pattern:
      /^(?=.*password)(?:.*Enter password for\s+|\(?)(?<user>[^@\s#]+)@(?<host>[^\s')]+)\)?(?:'s)?(?:\s+password)?:?\s*$/i,
    explain: ({ user, host }) => ({
      meaning: `The password of ${user} on ${host} is asked for. That is no host of Gitpod's SSH gateway, so it is neither the owner token nor the passphrase of a key.`,
      credential: 'OTHER_PASSWORD',
      todo: ['If you meant a workspace, its name is WORKSPACE.ssh.CLUSTER; see gitpod-helper ssh-command WORKSPACE'],
    }),
  },
  {
    pattern:
      /authenticity of host '(?<host>[^' ]+).*can't be established|Are you sure you want to continue connecting/i,
    explain: ({ host = 'the host' }) => ({
      meaning: `ssh does not know the host key of ${host} and asks you to trust it. No credential is asked for.`,
      credential: 'NONE',
      todo: [
        'Let ssh know the keys that the installation publishes, and it asks no more: gitpod-helper ssh-config install',
        'Or connect with them at once: gitpod-helper ssh WORKSPACE',
      ],
    }),
  },
];

function ownerTokenPrompt({ user, host }: Readonly<Record<string, string | undefined>>) {
  return {
    meaning: `The owner token of the workspace ${user} is asked for, by the SSH gateway at ${host}. It is not the passphrase of your SSH key.`,
    credential: 'OWNER_TOKEN' as const,
    todo: [
      `Copy it for a minute: gitpod-helper owner-token ${user} --copy`,
      `Better, let nothing ask: gitpod-helper ssh ${user}`,
      'A key that is registered with your account makes the question go away: gitpod-helper keys',
    ],
  };
}
