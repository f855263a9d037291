import { faults } from './faults.ts';
import { testMatrix } from './matrix.ts';
import { everyMoment } from './moments.ts';

testMatrix(
  faults.filter(({ isSlow = false }) => isSlow),
  everyMoment,
);
