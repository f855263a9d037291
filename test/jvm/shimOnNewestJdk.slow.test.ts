import { test } from 'vitest';
import { declareJunitTests } from './declareJunitTests.ts';
import { newestJdk } from './jdk.ts';

const newestBuiltFor = 17;
const jdk = await newestJdk();

if (jdk !== undefined && jdk.major > newestBuiltFor) await declareJunitTests('fast', jdk);
else test.skip(`there is no Java newer than ${newestBuiltFor} here`);
