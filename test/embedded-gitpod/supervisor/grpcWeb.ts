import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Answer, answer } from '../https/answer.ts';
import { encodeSshKeyPair } from './controlService.ts';
import type { Supervisor } from './supervisor.ts';

const contentType = { 'Content-Type': 'application/grpc-web+proto' } as const;
const unimplemented = 12;
const internal = 13;

/** Whether a request is a call of the supervisor's gRPC-Web API rather than of its REST API (gitpod-wire §5). */
export function isGrpcWeb({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.includes('application/grpc') ?? false;
}

/**
 * Answers a gRPC-Web call (PROTOCOL-WEB of gRPC): one message, then the trailers in a frame of their own.
 * @param path without `/_supervisor`
 */
export async function answerGrpcWeb(path: string, request: IncomingMessage, supervisor: Supervisor): Promise<Answer> {
  const body = await buffer(request);
  if (path !== '/v1/supervisor.ControlService/CreateSSHKeyPair') return failed(unimplemented);
  if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5) return failed(internal);
  const message = encodeSshKeyPair(await supervisor.createSshKeyPair());
  return answer(200, Buffer.concat([frame(0, message), trailers(0)]), contentType);
}

function failed(status: number): Answer {
  return answer(200, trailers(status), contentType);
}

function trailers(status: number): Buffer {
  return frame(0x80, Buffer.from(`grpc-status: ${status}\r\ngrpc-message: \r\n`));
}

function frame(flags: number, content: Buffer): Buffer {
  const prefix = Buffer.of(flags, 0, 0, 0, 0);
  prefix.writeUInt32BE(content.length, 1);
  return Buffer.concat([prefix, content]);
}
