// SPDX-License-Identifier: Apache-2.0

// The types of the package, under the names that generated TypeScript uses.

/** Lower-case names; `-bin` values in base64. */
export interface Metadata {
  [name: string]: string;
}

export interface Status {
  code: number;
  details: string;
  metadata?: Metadata;
}

export declare const StatusCode: {
  readonly OK: 0;
  readonly CANCELLED: 1;
  readonly UNKNOWN: 2;
  readonly INVALID_ARGUMENT: 3;
  readonly DEADLINE_EXCEEDED: 4;
  readonly NOT_FOUND: 5;
  readonly ALREADY_EXISTS: 6;
  readonly PERMISSION_DENIED: 7;
  readonly RESOURCE_EXHAUSTED: 8;
  readonly FAILED_PRECONDITION: 9;
  readonly ABORTED: 10;
  readonly OUT_OF_RANGE: 11;
  readonly UNIMPLEMENTED: 12;
  readonly INTERNAL: 13;
  readonly UNAVAILABLE: 14;
  readonly DATA_LOSS: 15;
  readonly UNAUTHENTICATED: 16;
};

export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

/** The code for an HTTP status, as the official client has it. */
export declare function fromHttpStatus(httpStatus: number): StatusCode;

/** The name of a code, empty for a number that is none. */
export declare function statusCodeName(code: number): string;

export declare class RpcError extends Error {
  constructor(code: number, message: string, metadata?: Metadata, options?: { cause?: unknown });
  code: number;
  metadata: Metadata;
}

export declare const MethodType: {
  readonly UNARY: 'unary';
  readonly SERVER_STREAMING: 'server_streaming';
  readonly BIDI_STREAMING: 'bidi_streaming';
};

export type MethodType = (typeof MethodType)[keyof typeof MethodType];

export declare class MethodDescriptor<REQ, RESP> {
  constructor(
    name: string,
    methodType: string,
    requestType: new (...args: any[]) => REQ,
    responseType: new (...args: any[]) => RESP,
    requestSerializeFn: (message: REQ) => Uint8Array,
    responseDeserializeFn: (bytes: Uint8Array) => RESP,
  );
  readonly name: string;
  getName(): string;
  getMethodType(): string;
  getRequestMessageCtor(): new (...args: any[]) => REQ;
  getResponseMessageCtor(): new (...args: any[]) => RESP;
  getRequestSerializeFn(): (message: REQ) => Uint8Array;
  getResponseDeserializeFn(): (bytes: Uint8Array) => RESP;
  createRequest(message: REQ, metadata?: Metadata, callOptions?: CallOptions): Request<REQ, RESP>;
  createUnaryResponse(message: RESP, metadata?: Metadata, status?: Status | null): UnaryResponse<REQ, RESP>;
}

/** @deprecated Another name of MethodDescriptor. */
export { MethodDescriptor as MethodInfo };

export declare class CallOptions {
  constructor(options?: object);
  setOption(name: string, value: unknown): void;
  get(name: string): any;
  removeOption(name: string): void;
  getKeys(): string[];
}

export declare class Request<REQ, RESP> {
  constructor(
    message: REQ,
    methodDescriptor: MethodDescriptor<REQ, RESP>,
    metadata: Metadata,
    callOptions?: CallOptions,
  );
  getRequestMessage(): REQ;
  getMethodDescriptor(): MethodDescriptor<REQ, RESP>;
  /** May be changed in place. */
  getMetadata(): Metadata;
  getCallOptions(): CallOptions;
  withMetadata(key: string, value: string): this;
  withGrpcCallOption(name: string, value: unknown): this;
}

export declare class UnaryResponse<REQ, RESP> {
  constructor(
    message: RESP,
    methodDescriptor: MethodDescriptor<REQ, RESP>,
    metadata?: Metadata,
    status?: Status | null,
  );
  getResponseMessage(): RESP;
  getMetadata(): Metadata;
  getMethodDescriptor(): MethodDescriptor<REQ, RESP>;
  getStatus(): Status | null;
}

export interface StreamCallbacks<RESP> {
  /** With the response headers, before any message. */
  metadata: (metadata: Metadata) => void;
  data: (response: RESP) => void;
  error: (error: RpcError) => void;
  status: (status: Status) => void;
  end: () => void;
}

export interface ClientReadableStream<RESP> {
  on<E extends keyof StreamCallbacks<RESP>>(event: E, callback: StreamCallbacks<RESP>[E]): ClientReadableStream<RESP>;
  removeListener<E extends keyof StreamCallbacks<RESP>>(event: E, callback: StreamCallbacks<RESP>[E]): void;
  /** Ends the call; there are no further events. */
  cancel(): void;
}

export interface UnaryInterceptor<REQ, RESP> {
  intercept(
    request: Request<REQ, RESP>,
    invoker: (request: Request<REQ, RESP>) => Promise<UnaryResponse<REQ, RESP>>,
  ): Promise<UnaryResponse<REQ, RESP>>;
}

export interface StreamInterceptor<REQ, RESP> {
  intercept(
    request: Request<REQ, RESP>,
    invoker: (request: Request<REQ, RESP>) => ClientReadableStream<RESP>,
  ): ClientReadableStream<RESP>;
}

export interface PromiseCallOptions {
  readonly signal?: AbortSignal;
}

export interface GrpcWebClientBaseOptions {
  /** `text` by default, or `binary`. Messages arrive as they are sent in both. */
  format?: string;
  /** Moves all headers into the URL, for a server that reads them there. */
  suppressCorsPreflight?: boolean;
  withCredentials?: boolean;
  unaryInterceptors?: UnaryInterceptor<any, any>[];
  streamInterceptors?: StreamInterceptor<any, any>[];
  /** In bytes: 4 MiB by default, 0 for no limit. */
  maxReceiveMessageSize?: number;
  /** Used instead of the platform's. */
  fetch?: typeof globalThis.fetch;
}

export declare class GrpcWebClientBase {
  constructor(options?: GrpcWebClientBaseOptions);

  rpcCall<REQ, RESP>(
    method: string,
    request: REQ,
    metadata: Metadata,
    methodDescriptor: MethodDescriptor<REQ, RESP>,
    callback: (error: RpcError, response: RESP) => void,
  ): ClientReadableStream<RESP>;

  unaryCall<REQ, RESP>(
    method: string,
    request: REQ,
    metadata: Metadata,
    methodDescriptor: MethodDescriptor<REQ, RESP>,
    options?: PromiseCallOptions,
  ): Promise<RESP>;

  thenableCall<REQ, RESP>(
    method: string,
    request: REQ,
    metadata: Metadata,
    methodDescriptor: MethodDescriptor<REQ, RESP>,
    options?: PromiseCallOptions,
  ): Promise<RESP>;

  serverStreaming<REQ, RESP>(
    method: string,
    request: REQ,
    metadata: Metadata,
    methodDescriptor: MethodDescriptor<REQ, RESP>,
  ): ClientReadableStream<RESP>;
}

/** What generated TypeScript calls the type of a client; there is no such value. */
export type AbstractClientBase = GrpcWebClientBase;

/** One call on a socket, of any kind. To iterate is to read its responses, once; to leave is to cancel. */
export interface MuxCall<REQ, RESP> extends AsyncIterable<RESP> {
  /** The metadata before the first response; empty for a call that ends without. It never rejects. */
  readonly headers: Promise<Metadata>;
  /** How the call ended, known when the server's word is there, read or not. It never rejects. */
  readonly status: Promise<Status>;
  /**
   * Resolves when the server had room for the message: true, or false where the call ended before
   * that. Whoever awaits it keeps no more than one message in memory.
   */
  send(message: REQ): Promise<boolean>;
  /** Ends the requests. */
  halfClose(): void;
  /** Ends the call at once, for the server too. */
  cancel(): void;
  /** The response of a call that has just one. */
  response(): Promise<RESP>;
  [Symbol.asyncIterator](): AsyncGenerator<RESP, void, undefined>;
}

/** What of a WebSocket is used; the platform's has it, and that of the package `ws`. */
export interface WebSocketLike {
  binaryType: string;
  readonly protocol: string;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: any) => void): void;
}

export interface MuxOptions {
  /** Used instead of the platform's. */
  WebSocket?: new (url: string, protocols: string[]) => WebSocketLike;
  /** Milliseconds of silence, one such interval or two, before a PING: 20,000 by default. */
  pingInterval?: number;
  /** Milliseconds that the server has to be heard again: 10,000 by default. */
  pingTimeout?: number;
  /** In bytes: 4 MiB by default, 0 for no limit. */
  maxReceiveMessageSize?: number;
  /** Bytes of a call that may wait to be sent, beside one larger message: 4 MiB by default. */
  maxQueuedSize?: number;
  /** Bytes that a call may receive before they are read: 64 KiB by default. */
  callCredit?: number;
  /** Bytes that may be on their way for all calls: 1 MiB by default. */
  socketCredit?: number;
}

/**
 * Many calls of all kinds on one WebSocket, with a server that speaks `grpcweb.mux.v1`. When it has
 * closed, or the server goes away, calls fail as UNAVAILABLE, and another connection is to be made.
 */
export declare class MuxConnection {
  /** `http` and `https` stand for `ws` and `wss`. */
  constructor(url: string, options?: MuxOptions);
  /** When and why the connection ended. It never rejects. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /**
   * Starts a call. A call that cannot be made ends with a status. The metadata's key `deadline`, in
   * milliseconds since the epoch, ends the call, as the signal does.
   */
  call<REQ, RESP>(
    method: MethodDescriptor<REQ, RESP>,
    metadata?: Metadata,
    options?: PromiseCallOptions,
  ): MuxCall<REQ, RESP>;
  /** Ends the connection; calls that still run are cancelled. */
  close(): void;
}
