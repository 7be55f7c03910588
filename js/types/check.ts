// SPDX-License-Identifier: Apache-2.0

// Compiled, never run: a client in the shape of generated TypeScript, an application on top, and a
// comparison of the declared values with the real ones.

import * as grpcWeb from 'grpcweb';
import type * as runtime from '../src/index.js';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

export const declaredAsExported: Same<keyof typeof grpcWeb, Exclude<keyof typeof runtime, 'default'>> = true;

class Ping {
  constructor(readonly text = '') {}
  serializeBinary(): Uint8Array {
    return new TextEncoder().encode(this.text);
  }
  static deserializeBinary(bytes: Uint8Array): Ping {
    return new Ping(new TextDecoder().decode(bytes));
  }
}

export class PingServiceClient {
  client_: grpcWeb.AbstractClientBase;

  constructor(
    private hostname_: string,
    private credentials_?: null | { [index: string]: string },
    private options_?: null | { [index: string]: any },
  ) {
    this.client_ = new grpcWeb.GrpcWebClientBase({ ...options_, format: 'text' });
  }

  methodDescriptorPing = new grpcWeb.MethodDescriptor(
    '/test.PingService/Ping',
    grpcWeb.MethodType.UNARY,
    Ping,
    Ping,
    (request: Ping) => request.serializeBinary(),
    Ping.deserializeBinary,
  );

  ping(request: Ping, metadata?: grpcWeb.Metadata | null): Promise<Ping>;
  ping(
    request: Ping,
    metadata: grpcWeb.Metadata | null,
    callback: (err: grpcWeb.RpcError, response: Ping) => void,
  ): grpcWeb.ClientReadableStream<Ping>;
  ping(
    request: Ping,
    metadata?: grpcWeb.Metadata | null,
    callback?: (err: grpcWeb.RpcError, response: Ping) => void,
  ) {
    const method = this.hostname_ + '/test.PingService/Ping';
    if (callback !== undefined) {
      return this.client_.rpcCall(method, request, metadata || {}, this.methodDescriptorPing, callback);
    }
    return this.client_.unaryCall(method, request, metadata || {}, this.methodDescriptorPing);
  }

  pings(request: Ping, metadata?: grpcWeb.Metadata): grpcWeb.ClientReadableStream<Ping> {
    const method = this.hostname_ + '/test.PingService/Ping';
    return this.client_.serverStreaming(method, request, metadata || {}, this.methodDescriptorPing);
  }
}

export async function application(client: PingServiceClient): Promise<string> {
  const interceptor: grpcWeb.UnaryInterceptor<Ping, Ping> = {
    async intercept(request, invoker) {
      request.getMetadata()['x-key'] = request.getRequestMessage().text;
      return invoker(request);
    },
  };
  const code: grpcWeb.StatusCode = grpcWeb.StatusCode.NOT_FOUND;
  client
    .pings(new Ping())
    .on('data', (ping) => ping.text)
    .on('error', (error) => error.code === code)
    .on('status', ({ details }) => details)
    .on('metadata', (metadata) => metadata['x-key'])
    .on('end', () => interceptor)
    .cancel();
  return (await client.ping(new Ping(), null)).text;
}

export async function chat(method: grpcWeb.MethodDescriptor<Ping, Ping>): Promise<string[]> {
  const connection = new grpcWeb.MuxConnection('https://example.org', { WebSocket, pingInterval: 5_000 });
  const call = connection.call(method, { deadline: '1' }, { signal: new AbortController().signal });
  const sent: boolean = await call.send(new Ping('a'));
  call.halfClose();
  const texts = [(await call.headers)['x-key']];
  for await (const { text } of call) {
    texts.push(text);
  }
  const { code, details }: grpcWeb.Status = await call.status;
  connection.close();
  return code === grpcWeb.StatusCode.OK && sent ? texts : [details, (await connection.closed).reason];
}
