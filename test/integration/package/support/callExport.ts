import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

// Calls one function of a module as a process of its own: argv has the module and, as JSON, `CalledExport`. Prints
// `ExportResult`. A connection is closed, and its result is `connected`.
const [entryPoint = '', call = ''] = process.argv.slice(2);
const { name, args, overrides } = JSON.parse(call);
const loaded: string[] = [];
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url);
    return nextLoad(url, context);
  },
});
const module = await import(pathToFileURL(entryPoint).href);
const value = await module[name](...args, AbortSignal.timeout(20_000), overrides);
const isConnection = typeof value === 'object' && Symbol.asyncDispose in value;
if (isConnection) await value[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify({ value: isConnection ? 'connected' : value, loaded }));
