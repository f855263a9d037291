import { declareJunitTests } from './declareJunitTests.ts';

await declareJunitTests('fast');
