import { type Check, failed, ok } from '../check.ts';

/** Whether the settings that were given can be used: the proxy, overrides, the file with certificates. */
export const settings: Check = {
  id: 'settings',
  area: 'This machine',
  title: 'Settings',
  after: [],
  examine: async ({ subject }) =>
    subject.settingsFailure === undefined
      ? ok(`for ${subject.installation.host}, with the home ${subject.core.context.openSsh.home}`)
      : failed(subject.settingsFailure),
};
