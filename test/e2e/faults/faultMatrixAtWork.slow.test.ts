import { faults } from './faults.ts';
import { testMatrix } from './matrix.ts';

testMatrix(
  faults.filter(({ isSlow = false }) => !isSlow),
  ['under load', 'while reconnecting'],
);
