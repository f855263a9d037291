import { faults } from './faults.ts';
import { testMatrix } from './matrix.ts';

testMatrix(
  faults.filter(({ isSlow = false }) => !isSlow),
  ['before authentication', 'while idle'],
);
