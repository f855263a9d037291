import { type KnownText, meaning } from './explanation.ts';

const id = '(?<id>(?:[0-9a-z]{2,16}-[0-9a-z]{2,16}-[0-9a-z]{8,11}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))';

/** Host names of workspaces, which tell the way in (gitpod-wire §4.1), with or without what stands around them. */
export const hostNames: readonly KnownText[] = [
  {
    pattern: new RegExp(`^(?:ssh )?(?:debug-)?${id}#\\S*@`, 'i'),
    explain: ({ id: workspace }) =>
      meaning(
        `This is the SSH gateway's name for the workspace ${workspace}, with its owner token in the user name: whoever sees it can open the workspace.`,
        'Do not pass it on. Stopping and starting the workspace makes another token.',
        `Connect without it: gitpod-helper ssh ${workspace}`,
      ),
  },
  {
    pattern: new RegExp(`^(?:ssh )?(?:SSH: )?(?:\\S+@)?(?<debug>debug-)?${id}\\.ssh\\.(?<cluster>\\S+)$`, 'i'),
    explain: ({ id: workspace, cluster, debug }) =>
      meaning(
        `This is the SSH gateway (${cluster}) in front of the workspace ${workspace}${debug === undefined ? '' : ', the debug one inside it'}: by key, or by the owner token.`,
        `See which of them is taken, and why: gitpod-helper plan ${workspace} --explain`,
      ),
  },
  {
    pattern: new RegExp(`^(?:ssh )?(?:\\S+@)?(?:debug-)?${id}\\.vs[si]\\.(?<host>\\S+)$`, 'i'),
    explain: ({ id: workspace, host }) =>
      meaning(
        `This is the proxy of Gitpod's VS Code extension, for the workspace ${workspace} of ${host}; it is none of this program's ways.`,
        'It works only while that extension runs in an editor.',
        `Connect without it: gitpod-helper open ${workspace}`,
      ),
  },
  {
    pattern: new RegExp(`^(?:ssh )?(?:SSH: )?(?:gitpod@)?(?:debug-)?${id}$`, 'i'),
    explain: ({ id: workspace }) =>
      meaning(
        `A bare ${workspace}, without a domain, means the Local Companion's way, which is legacy; ${workspace}.ssh.… would be the SSH gateway.`,
        `See why it is taken: gitpod-helper plan ${workspace} --explain`,
        'If useLocalApp (gitpod.remote.useLocalApp) is on in your editor, switch it off.',
      ),
  },
  {
    pattern: new RegExp(`^https://(?:\\d+-)?(?:debug-)?${id}\\.(?!ssh\\.)\\S+`, 'i'),
    explain: ({ id: workspace }) =>
      meaning(
        `This is the workspace ${workspace} over HTTPS: its IDE in the browser, or one of its ports.`,
        `Connect by SSH: gitpod-helper ssh ${workspace}`,
      ),
  },
];
