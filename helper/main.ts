import { createProgram } from './cli/program.ts';
import { serveContractOnStdio, wireCore } from './container.ts';

void createProgram(wireCore, serveContractOnStdio).parseAsync();
