import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MalformedJoinLinkError,
  parseBackendStatus,
  parseJoinLink,
  rewriteJoinLink,
} from '../../../helper/connection/joinLink/joinLink.ts';

describe('a join link', () => {
  test('gives the backend’s port, and is rewritten in host and port only', () => {
    const link = parseJoinLink('tcp://127.0.0.1:5990#jt=6f2a&p=IU&fp=ABCD&cb=243.1&newUi=true&jb=21%2B');
    expect(link).toMatchObject({ backendPort: 5990, backendHost: '127.0.0.1' });
    expect(rewriteJoinLink(link, 40123)).toBe(
      'tcp://127.0.0.1:40123#jt=6f2a&p=IU&fp=ABCD&cb=243.1&newUi=true&jb=21%2B',
    );
  });

  test.each([
    ['tcp://localhost:1#a', 'localhost', 1],
    ['tcp://[::1]:65535#a', '::1', 65_535],
    ['tcp://0.0.0.0:5990#a', '127.0.0.1', 5990],
    ['tcp://workspace-pod:5990#a', '127.0.0.1', 5990],
    ['tcp://127.0.0.1:5990', '127.0.0.1', 5990],
    ['tcp://127.0.0.1:5990/path?q#a:1', '127.0.0.1', 5990],
  ])('%s is reached at %s, port %i', (text, backendHost, backendPort) => {
    expect(parseJoinLink(text)).toMatchObject({ backendHost, backendPort });
  });

  test.each([
    '',
    'tcp://127.0.0.1#jt=1',
    'tcp://127.0.0.1:0#jt=1',
    'tcp://127.0.0.1:65536#jt=1',
    'tcp://127.0.0.1:999999#jt=1',
    'http://127.0.0.1:80#jt=1',
    'tcp://user@127.0.0.1:80#jt=1',
    'tcp://a b:80#jt=1',
    '<html>',
  ])('%j is none, and is not quoted', (text) => {
    expect(() => parseJoinLink(text)).toThrow(MalformedJoinLinkError);
    if (text !== '') expect(() => parseJoinLink(text)).not.toThrow(text);
  });

  test('keeps everything behind the port byte for byte', () => {
    const fragment = fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => !/[\n\r\u2028\u2029]/.test(text));
    fc.assert(
      fc.property(
        fragment,
        fc.integer({ min: 1, max: 65_535 }),
        fc.integer({ min: 1, max: 65_535 }),
        (rest, remote, local) => {
          const link = parseJoinLink(`tcp://127.0.0.1:${remote}#${rest}`);
          expect(rewriteJoinLink(link, local)).toBe(`tcp://127.0.0.1:${local}#${rest}`);
        },
      ),
    );
  });
});

describe('the launcher’s answer', () => {
  test('is read, unknown members are ignored', () => {
    const body = JSON.stringify({
      appPid: 7,
      joinLink: 'tcp://127.0.0.1:5990#jt=1',
      ideVersion: 'IU-243.1',
      projectPath: '/workspace/x',
      more: [],
    });
    expect(parseBackendStatus(body)).toMatchObject({
      pid: 7,
      ideVersion: 'IU-243.1',
      projectPath: '/workspace/x',
      joinLink: { backendPort: 5990 },
    });
  });

  test('may lack all but the link', () => {
    expect(parseBackendStatus('{"joinLink":"tcp://127.0.0.1:1"}')).toMatchObject({
      pid: 0,
      ideVersion: '',
      projectPath: '',
    });
  });

  test.each(['', 'null', '[]', '{}', '{"joinLink":""}', '{"joinLink":5}', '{"joinLink":"http://x"}', '<html>'])(
    '%j is none',
    (body) => {
      expect(() => parseBackendStatus(body)).toThrow(MalformedJoinLinkError);
    },
  );
});
