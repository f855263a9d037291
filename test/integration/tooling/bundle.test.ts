import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundlePath } from '../../../build.ts';

/** A class of the second SSH library, whose name the bundler keeps. */
const ofCompanionLibrary = 'SshClientSession';

const built = (name: string) => readFileSync(join(dirname(bundlePath), name), 'utf8');

describe('the SOCKS library', () => {
  test('is in a file of its own, too', () => {
    expect(built('helper-socks.cjs')).toContain('SocksClient');
    expect(built('helper-main.cjs')).not.toContain('SocksClient');
    expect(built('helper-main.cjs')).toContain('require("./helper-socks.cjs")');
  });
});

describe('the second SSH library, for the Local Companion’s way', () => {
  test('is in a file of its own and not in what every start reads', () => {
    expect(built('helper-companion.cjs')).toContain(ofCompanionLibrary);
    expect(built('helper-main.cjs')).not.toContain(ofCompanionLibrary);
    expect(built('helper-main.cjs')).toContain('require("./helper-companion.cjs")');
  });
});

test('server reflection is in a file of its own, which only a listener reads', () => {
  expect(built('helper-reflection.cjs')).toContain('/grpc.reflection.v1.ServerReflection/');
  expect(built('helper-main.cjs')).not.toContain('/grpc.reflection.v1.ServerReflection/');
  expect(built('helper-main.cjs')).toContain('require("./helper-reflection.cjs")');
});

test('the client side of gRPC stays out, and what every start reads is below 1.2 MB', () => {
  expect(built('helper-main.cjs')).toContain('createConnectionInjector');
  expect(built('helper-main.cjs')).not.toContain('pick_first'); // the name of a client's load balancing
  expect(built('helper-main.cjs').length).toBeLessThan(1_200_000);
});
